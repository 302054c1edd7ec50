"""What moderators may do: see comments, hide and restore them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def make_permissions(apps):
    """The permissions of this app; they come after all migrations, so a group that is given them in one has to ask for them now."""
    config = apps.get_app_config("discussions")
    config.models_module = getattr(config, "models_module", None) or True
    create_permissions(config, apps=apps, verbosity=0)
    return apps.get_model("auth", "Permission").objects.filter(content_type__app_label="discussions")


def grant(apps, schema_editor):
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name="Moderators")
    group.permissions.add(*make_permissions(apps).filter(codename__in=["view_comment", "change_comment"]))


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0001_initial"),
        ("accounts", "0002_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
