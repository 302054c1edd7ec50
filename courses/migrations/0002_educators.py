"""What educators may do: write courses. Steps and courses are never deleted, and nobody's progress is looked at."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITE = ["add", "change", "view"]
MAY = {
    "course": WRITE,
    "week": [*WRITE, "delete"],  # the admin lets only empty ones be deleted
    "topic": [*WRITE, "delete"],
    "step": WRITE,
    **{part: [*WRITE, "delete"] for part in ("figure", "caption", "reflectionquestion", "resource", "reference")},
}


def grant(apps, schema_editor):
    # Permissions come after all migrations; a group that is given them in one has to ask for them now.
    config = apps.get_app_config("courses")
    config.models_module = getattr(config, "models_module", None) or True
    create_permissions(config, apps=apps, verbosity=0)
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name="Educators")
    codenames = [f"{action}_{model}" for model, actions in MAY.items() for action in actions]
    permissions = apps.get_model("auth", "Permission").objects
    group.permissions.add(*permissions.filter(content_type__app_label="courses", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_initial"),
        ("accounts", "0002_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
