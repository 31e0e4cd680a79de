"""The database itself keeps two bonds of one organisation to one federation from overlapping,
and refuses to change or remove a decision, its effects and its entry in the register.

One of the two places where the databases are addressed each in their own way: PostgreSQL
has exclusion constraints; SQLite has one writer at a time, so that a trigger sees all
that was written before.
"""

from django.db import migrations

OVERLAP = """
    SELECT RAISE(ABORT, 'affiliations overlap') WHERE NEW.is_void = 0 AND EXISTS (
        SELECT 1 FROM directory_affiliation AS other
        WHERE other.organisation_id = NEW.organisation_id
          AND other.federation_id = NEW.federation_id
          AND other.id IS NOT NEW.id
          AND other.is_void = 0
          AND other.begins < COALESCE(NEW.until, NEW.gone_on, '9999-12-31')
          AND COALESCE(NEW.since, NEW.seen_on) < COALESCE(other.until, other.gone_on, '9999-12-31')
    );
"""
SQLITE = [
    f"CREATE TRIGGER affiliation_overlap_insert AFTER INSERT ON directory_affiliation BEGIN {OVERLAP} END",
    f"CREATE TRIGGER affiliation_overlap_update AFTER UPDATE ON directory_affiliation BEGIN {OVERLAP} END",
]
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """ALTER TABLE directory_affiliation ADD CONSTRAINT affiliations_overlap EXCLUDE USING gist (
           organisation_id WITH =,
           federation_id WITH =,
           daterange(begins, COALESCE(until, gone_on, 'infinity'::date), '[)') WITH &&
       ) WHERE (NOT is_void)""",
]

APPENDED = ("decision", "effect", "registerentry")
SQLITE += [
    f"""CREATE TRIGGER {name}_is_not_{event} BEFORE {verb} ON directory_{name}
        BEGIN SELECT RAISE(ABORT, 'decisions are appended only'); END"""
    for name in APPENDED
    for event, verb in (("changed", "UPDATE"), ("removed", "DELETE"))
]
# REPLACE removes a row without asking the triggers above.
SQLITE += [
    f"""CREATE TRIGGER {name}_is_not_replaced BEFORE INSERT ON directory_{name}
        WHEN EXISTS (SELECT 1 FROM directory_{name} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'decisions are appended only'); END"""  # noqa: S608 - our names
    for name in APPENDED
]
POSTGRESQL += [
    """CREATE FUNCTION refuse_decision_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'decisions are appended only'; END $$""",
    *(
        f"""CREATE TRIGGER {name}_is_not_changed BEFORE UPDATE OR DELETE ON directory_{name}
            FOR EACH ROW EXECUTE FUNCTION refuse_decision_change()"""
        for name in APPENDED
    ),
    *(
        f"""CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON directory_{name}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_decision_change()"""
        for name in APPENDED
    ),
]


def install(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER affiliation_overlap_insert")
        schema_editor.execute("DROP TRIGGER affiliation_overlap_update")
        for name in APPENDED:
            for event in ("changed", "removed", "replaced"):
                schema_editor.execute(f"DROP TRIGGER {name}_is_not_{event}")
    else:
        schema_editor.execute(
            "ALTER TABLE directory_affiliation DROP CONSTRAINT affiliations_overlap"
        )
        for name in APPENDED:
            for event in ("changed", "emptied"):
                schema_editor.execute(f"DROP TRIGGER {name}_is_not_{event} ON directory_{name}")
        schema_editor.execute("DROP FUNCTION refuse_decision_change")


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
