"""The benchmark runs in a database of its own, and no page asks more of a larger directory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from directory.models import Affiliation, Organisation
from federation.benchmark import world

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "benchmark", *arguments],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "1", **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def place(tmp_path) -> dict[str, str]:
    """Where the benchmark may put its database: a folder, or the server of the tests."""
    if connection.vendor == "postgresql":
        return {}
    return {"DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite3'}"}


def test_a_larger_directory_asks_no_more_questions(place, tmp_path):
    done = run("--sizes", "60,300", "--rounds", "1", "--format", "json", **place)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    asked: dict[str, set[int]] = {}
    for row in report["pages"]:
        asked.setdefault(row["operation"], set()).add(row["queries"])
    assert len(asked) > 12
    assert {name for name, numbers in asked.items() if len(numbers) > 1} == set()
    assert {row["operation"] for row in report["exports"]} == {
        "/organisations.csv", "/organisations.json", "/organisations.geojson",
    }  # fmt: skip
    assert not list(tmp_path.glob("*benchmark*"))


def test_sizes_that_are_none_are_used_wrongly(place):
    done = run("--sizes", "0", **place)
    assert (done.returncode, "from 1 on" in done.stderr) == (2, True)


@pytest.mark.django_db
def test_the_world_is_the_same_each_time_and_as_if_saved_one_by_one():
    world.build(40)
    assert Organisation.objects.count() == 40
    assert 20 < Affiliation.objects.count() < 80
    for row in Organisation.objects.all()[:10]:
        made = (row.sort_name, row.search, row.facets, row.main_country)
        row.refresh()
        row.refresh_from_db()
        assert (row.sort_name, row.search, row.facets, row.main_country) == made
