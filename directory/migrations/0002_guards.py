"""The database itself keeps two bonds of one organisation to one federation from overlapping.

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


def install(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER affiliation_overlap_insert")
        schema_editor.execute("DROP TRIGGER affiliation_overlap_update")
    else:
        schema_editor.execute(
            "ALTER TABLE directory_affiliation DROP CONSTRAINT affiliations_overlap"
        )


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
