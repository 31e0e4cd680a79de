"""The database itself refuses to change or remove a procedure that was in force, and its
questions: requests were filed and decided by its rules.

Of a version in force, state and `retired_at` alone may change, when the next one replaces it.
"""

from django.db import migrations

# Every column but state and retired_at; a test compares them with the model.
FROZEN = (
    "id", "federation_id", "status_id", "version", "open_to", "asks_members",
    "asks_affiliations", "asks_documents", "documents", "statements", "guidance", "sponsors",
    "consulted", "consultation_days", "quorum", "majority", "abstentions_count", "silence",
    "objection_blocks", "is_binding", "publishes_replies", "body", "defers_to", "effective",
    "needs_second", "waiver_body", "answer_days", "lapses", "decision_days", "appeal_body",
    "appeal_days", "change_note", "source", "written_by", "published_at",
)  # fmt: skip
PROCEDURE, QUESTION = "membership_procedure", "membership_question"
REFUSE = "BEGIN SELECT RAISE(ABORT, 'a procedure that was in force never changes'); END"
DIFFERS = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in FROZEN)
RETIRES = "(OLD.state = NEW.state AND OLD.retired_at IS NEW.retired_at) OR (OLD.state = 'in_force' AND NEW.state = 'retired')"


def of_frozen(row):
    """Whether the question belongs to a version that is or was in force."""
    return f"(SELECT state FROM {PROCEDURE} WHERE id = {row}.procedure_id) <> 'draft'"  # noqa: S608 - our names


SQLITE = [
    f"""CREATE TRIGGER procedure_is_not_changed BEFORE UPDATE ON {PROCEDURE}
        WHEN OLD.state <> 'draft' AND ({DIFFERS} OR NOT ({RETIRES})) {REFUSE}""",
    f"""CREATE TRIGGER procedure_is_not_removed BEFORE DELETE ON {PROCEDURE}
        WHEN OLD.state <> 'draft' {REFUSE}""",
    # REPLACE removes a row without asking the trigger above.
    f"""CREATE TRIGGER procedure_is_not_replaced BEFORE INSERT ON {PROCEDURE}
        WHEN EXISTS (SELECT 1 FROM {PROCEDURE} WHERE state <> 'draft' AND (
            id = NEW.id OR (status_id = NEW.status_id AND (
                version = NEW.version OR (state = 'in_force' AND NEW.state = 'in_force')))))
        {REFUSE}""",  # noqa: S608 - our names
    f"""CREATE TRIGGER question_is_not_changed BEFORE UPDATE ON {QUESTION}
        WHEN {of_frozen("OLD")} OR {of_frozen("NEW")} {REFUSE}""",
    f"""CREATE TRIGGER question_is_not_removed BEFORE DELETE ON {QUESTION}
        WHEN {of_frozen("OLD")} {REFUSE}""",
    f"""CREATE TRIGGER question_is_not_added BEFORE INSERT ON {QUESTION}
        WHEN {of_frozen("NEW")} OR EXISTS (
            SELECT 1 FROM {QUESTION} AS other WHERE other.id = NEW.id AND {of_frozen("other")})
        {REFUSE}""",  # noqa: S608 - our names
]
RAISE = "RAISE EXCEPTION 'a procedure that was in force never changes' USING ERRCODE = 'integrity_constraint_violation'"
POSTGRESQL = [
    f"""CREATE FUNCTION refuse_procedure_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.state <> 'draft' AND (TG_OP = 'DELETE'
            OR to_jsonb(OLD) - 'state' - 'retired_at' <> to_jsonb(NEW) - 'state' - 'retired_at'
            OR NOT ((OLD.state = NEW.state AND OLD.retired_at IS NOT DISTINCT FROM NEW.retired_at)
                    OR (OLD.state = 'in_force' AND NEW.state = 'retired')))
        THEN {RAISE}; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW; END $$""",
    f"""CREATE FUNCTION refuse_question_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (TG_OP <> 'INSERT' AND {of_frozen("OLD")}) OR (TG_OP <> 'DELETE' AND {of_frozen("NEW")})
        THEN {RAISE}; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW; END $$""",
    f"""CREATE FUNCTION refuse_procedure_emptying() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {RAISE}; END $$""",
    f"""CREATE TRIGGER procedure_is_not_changed BEFORE UPDATE OR DELETE ON {PROCEDURE}
        FOR EACH ROW EXECUTE FUNCTION refuse_procedure_change()""",
    f"""CREATE TRIGGER question_is_not_changed BEFORE INSERT OR UPDATE OR DELETE ON {QUESTION}
        FOR EACH ROW EXECUTE FUNCTION refuse_question_change()""",
    *(
        f"""CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON membership_{table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_procedure_emptying()"""
        for table in ("procedure", "question")
    ),
]


def install(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table, last in (("procedure", "replaced"), ("question", "added")):
            for event in ("changed", "removed", last):
                schema_editor.execute(f"DROP TRIGGER {table}_is_not_{event}")
        return
    for table in ("procedure", "question"):
        for event in ("changed", "emptied"):
            schema_editor.execute(f"DROP TRIGGER {table}_is_not_{event} ON membership_{table}")
        schema_editor.execute(f"DROP FUNCTION refuse_{table}_change")
    schema_editor.execute("DROP FUNCTION refuse_procedure_emptying")


class Migration(migrations.Migration):
    dependencies = [("membership", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
