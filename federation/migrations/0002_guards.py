"""The database itself refuses to change or remove an audit event; and the table of the cache.

One of the two places where the databases are addressed each in their own way.
"""

from django.core.management import call_command
from django.db import migrations

SQLITE = [
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON federation_auditevent
       BEGIN SELECT RAISE(ABORT, 'audit events are appended only'); END""",
    """CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON federation_auditevent
       BEGIN SELECT RAISE(ABORT, 'audit events are appended only'); END""",
    # REPLACE removes a row without asking the trigger above.
    """CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON federation_auditevent
       WHEN EXISTS (SELECT 1 FROM federation_auditevent WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'audit events are appended only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'audit events are appended only'; END $$""",
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON federation_auditevent
       FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
    """CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON federation_auditevent
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
]


def install(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_is_not_changed")
        schema_editor.execute("DROP TRIGGER audit_is_not_removed")
        schema_editor.execute("DROP TRIGGER audit_is_not_replaced")
    else:
        schema_editor.execute("DROP TRIGGER audit_is_not_changed ON federation_auditevent")
        schema_editor.execute("DROP TRIGGER audit_is_not_emptied ON federation_auditevent")
        schema_editor.execute("DROP FUNCTION refuse_audit_change")


def cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("federation", "0001_initial")]
    operations = [
        migrations.RunPython(install, remove),
        migrations.RunPython(cache_table, migrations.RunPython.noop),
    ]
