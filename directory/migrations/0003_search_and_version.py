"""The index that finds words inside names, and the version of what the public sees.

The other place where the databases are addressed each in their own way. PostgreSQL counts at
the end of a transaction, so that writers hold the one row for no longer than their commit and
none waits for another with it in hand. SQLite has one writer at a time anyway.
"""

from django.db import migrations

# What public pages show, by table. Offices too: who keeps an entry opens its way in.
TABLES = [
    "federation_federation",
    "federation_status",
    "directory_organisation",
    "directory_organisationname",
    "directory_organisationcountry",
    "directory_organisationlanguage",
    "directory_organisationindustry",
    "directory_organisationsite",
    "directory_organisationlink",
    "directory_organisationoffice",
    "directory_publiccontact",
    "directory_identifier",
    "directory_hostorganisation",
    "directory_slug",
    "directory_source",
    "directory_decision",
    "directory_affiliation",
    "directory_suspension",
    "directory_effect",
    "directory_statutes",
    "directory_statutestext",
    "directory_seat",
    "directory_term",
]
OPERATIONS = ["INSERT", "UPDATE", "DELETE"]

SQLITE = """
    CREATE TRIGGER {table}_{operation}_counts AFTER {operation} ON {table} BEGIN
        INSERT INTO directory_directoryversion (id, number, changed_at)
        VALUES (1, 1, strftime('%Y-%m-%d %H:%M:%f', 'now'))
        ON CONFLICT (id) DO UPDATE SET
            number = number + 1, changed_at = strftime('%Y-%m-%d %H:%M:%f', 'now');
    END
"""
POSTGRESQL_COUNT = """
    CREATE FUNCTION directory_counts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO directory_directoryversion AS version (id, number, changed_at, counted_by)
        VALUES (1, 1, clock_timestamp(), txid_current())
        ON CONFLICT (id) DO UPDATE SET
            number = version.number + 1,
            changed_at = clock_timestamp(),
            counted_by = txid_current()
        WHERE version.counted_by IS DISTINCT FROM txid_current();
        RETURN NULL;
    END $$
"""
POSTGRESQL = """
    CREATE CONSTRAINT TRIGGER {table}_counts AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory_counts()
"""
POSTGRESQL_SEARCH = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX organisation_search ON directory_organisation USING gin (search gin_trgm_ops)",
]


def statements(vendor):
    if vendor == "sqlite":
        for table in TABLES:
            for operation in OPERATIONS:
                yield SQLITE.format(table=table, operation=operation)
        return
    yield POSTGRESQL_COUNT
    for table in TABLES:
        yield POSTGRESQL.format(table=table)
    yield from POSTGRESQL_SEARCH


def reversal(vendor):
    if vendor == "sqlite":
        for table in TABLES:
            for operation in OPERATIONS:
                yield f"DROP TRIGGER {table}_{operation}_counts"
        return
    for table in TABLES:
        yield f"DROP TRIGGER {table}_counts ON {table}"
    yield "DROP FUNCTION directory_counts"
    yield "DROP INDEX organisation_search"


def install(apps, schema_editor):
    # Without parameters, so that a percent sign is one.
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in reversal(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_guards"), ("federation", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
