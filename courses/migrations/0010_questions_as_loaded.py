"""What was remembered of a step's questions gets the two fields that questions have since, so that nobody's edit looks like one."""

from django.db import migrations


def complete(apps, schema_editor):
    for step in apps.get_model("courses", "Step").objects.iterator():
        questions = step.loaded.get("questions", [])
        if any("kind" not in question for question in questions):
            step.loaded["questions"] = [
                {"uid": q.get("uid"), "kind": q.get("kind", "reflection"), "title": q.get("title", ""), "text": q.get("text")}
                for q in questions
            ]
            step.save(update_fields=["loaded"])


class Migration(migrations.Migration):
    dependencies = [("courses", "0009_certificate")]
    operations = [migrations.RunPython(complete, migrations.RunPython.noop, elidable=True)]
