"""Decisions are a log that moderators may read in the admin: the database itself refuses to change what was decided, or to delete it.

Only a reference may be emptied, when an account, a comment or an alias is gone. SQLite forgets triggers when a table is made anew, as
it is when a column is altered: such a migration has to run `guard` again (a test looks whether the triggers are there).
"""

from importlib import import_module

from django.db import migrations

make_permissions = import_module("discussions.migrations.0002_moderators").make_permissions
FIXED = ("id", "act", "reason", "note", "words", "days", "decided_at")
REFERENCES = ("moderator_id", "comment_id", "about_person_id", "about_alias_id", "case_id", "answers_id")


def _changed(is_not: str) -> str:
    kept = [f"OLD.{name} {is_not} NEW.{name}" for name in FIXED]
    emptied = [f"(NEW.{name} IS NOT NULL AND OLD.{name} {is_not} NEW.{name})" for name in REFERENCES]
    return " OR ".join(kept + emptied)


SQLITE = [
    f"""CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON discussions_decision WHEN {_changed("IS NOT")}
    BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END""",
    """CREATE TRIGGER decisions_are_not_deleted BEFORE DELETE ON discussions_decision
    BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END""",
]
POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION discussions_decisions_stay() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'a decision is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation'; END
    $$ LANGUAGE plpgsql""",
    f"""CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON discussions_decision
    FOR EACH ROW WHEN ({_changed("IS DISTINCT FROM")}) EXECUTE FUNCTION discussions_decisions_stay()""",
    """CREATE TRIGGER decisions_are_not_deleted BEFORE DELETE ON discussions_decision
    FOR EACH ROW EXECUTE FUNCTION discussions_decisions_stay()""",
]
NAMES = ("decisions_are_not_changed", "decisions_are_not_deleted")


def guard(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    of_table = " ON discussions_decision" if schema_editor.connection.vendor == "postgresql" else ""
    for name in NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}", params=None)


def grant(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.get(name="Moderators")
    group.permissions.add(*make_permissions(apps).filter(codename__in=["view_case", "view_decision"]))


class Migration(migrations.Migration):
    dependencies = [("discussions", "0004_digests_cover")]
    operations = [migrations.RunPython(guard, unguard), migrations.RunPython(grant, migrations.RunPython.noop)]
