"""What holds for the whole house."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from federation.management.commands.datamap import REGISTER
from federation.management.commands.diagram import DRAWN
from federation.privacy import Declared, mistakes
from federation.states import STAYS, diagram

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    path for app in ("federation", "directory", "membership") for path in (ROOT / app).rglob("*.py")
]


def test_every_field_is_in_the_register_of_personal_fields():
    assert mistakes(REGISTER) == []


def test_a_field_that_nobody_declared_is_found():
    without = {**REGISTER, "membership.Member": Declared(internal=("id",))}
    assert "membership.Member.name: not declared" in mistakes(without)


def test_a_personal_field_in_clear_needs_an_explanation():
    member = REGISTER["membership.Member"]
    personal = {**member.personal, "recorded_at": member.personal["name"]}
    wrong = Declared(internal=("id",), personal=personal)
    assert mistakes({**REGISTER, "membership.Member": wrong}) == [
        "membership.Member.recorded_at: personal, neither sealed nor explained"
    ]


def test_the_data_map_is_whole():
    call_command("datamap", "--check")


def test_no_state_is_changed_past_the_door():
    past = [
        str(path.relative_to(ROOT))
        for path in CODE
        if re.search(r"\.update\([^)]*\bstate=|\.state = ", path.read_text(encoding="utf-8"))
    ]
    # The door itself; the outbox, versions of rules and the word of a sponsor, which are nothing
    # that moves by a table.
    assert sorted(past) == [
        "federation/letters.py",
        "federation/states.py",
        "membership/migrations/0002_guards.py",
        "membership/procedures/publishing.py",
        "membership/requests/sponsoring.py",
    ]


@pytest.mark.parametrize("model", DRAWN)
def test_the_diagram_in_the_readme_is_the_table_that_runs(model):
    assert diagram(model) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", DRAWN)
def test_every_state_can_be_reached_and_left_or_is_an_end(model):
    begins = model._meta.get_field("state").get_default()
    reached = {begins} | {move.target for move in model.MOVES if move.target != STAYS}
    assert reached == set(model.State.values)


@pytest.mark.django_db
def test_the_guards_of_the_database_are_in_place_after_all_migrations():
    """A later migration that rebuilds a table on SQLite must install them again."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger UNION SELECT conname FROM pg_constraint",
    }
    wanted = {
        "sqlite": {
            "affiliation_overlap_insert", "affiliation_overlap_update",
            "audit_is_not_changed", "audit_is_not_removed", "audit_is_not_replaced",
        },
        "postgresql": {"affiliations_overlap", "audit_is_not_changed", "audit_is_not_emptied"},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        assert wanted[connection.vendor] <= {row[0] for row in cursor.fetchall()}


def test_imports_run_one_way():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
