"""Is the process alive, can it work, and what happens without a database."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from federation import heartbeat

SETTINGS = "federation.settings"
ROOT = Path(__file__).resolve().parent.parent.parent
# Asks each page in a process of its own, which has another database than the tests.
ASK = """
import json, os, sys, time
import django
from django.conf import settings
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES["staticfiles"]["BACKEND"] = plain
django.setup()
from django.core.management import call_command
from django.test import Client

client = Client(raise_request_exception=False)
def ask(url):
    start = time.monotonic()
    response = client.get(url)
    return [response.status_code, response.headers.get("Retry-After"), time.monotonic() - start]
answers = [ask(url) for url in sys.argv[2:]]
if sys.argv[1]:
    os.mkdir(sys.argv[1])
    call_command("migrate", verbosity=0)
    answers += [ask(url) for url in sys.argv[2:]]
print(json.dumps(answers))
"""


def ask(database, *urls, folder=""):
    """Status, Retry-After and seconds of each page; again when the missing folder was made."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(folder), *urls],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "federation.settings",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_process_answers_without_asking_the_database(client):
    # Without the mark of a test with a database, any query fails.
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_with_database_migrations_and_worker(client):
    heartbeat.beat()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok", "worker": "ok"}


@pytest.mark.django_db
def test_a_silent_worker_is_told_of_and_keeps_nobody_away(client):
    assert client.get("/readyz").json()["worker"] == "never"
    call_command("worker", "--once")
    assert client.get("/readyz").json()["worker"] == "ok"
    with time_machine.travel(time.time() + 150):
        response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (200, "late")


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'membership'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "missing")


def test_without_a_database_pages_say_so_at_once_and_the_process_lives():
    closed = "postgres://nobody@127.0.0.1:1/nothing"
    answers = ask(closed, "/", "/es/organisations/", "/readyz", "/healthz", "/privacy/")
    assert [answer[0] for answer in answers] == [503, 503, 503, 200, 200]
    assert [answer[1] for answer in answers[:2]] == ["60", "60"]
    assert max(answer[2] for answer in answers[1:]) < 2


def test_a_database_that_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        [(status, _again, seconds)] = ask(
            f"postgres://nobody@127.0.0.1:{port}/x", "/organisations/"
        )
    assert status == 503
    assert seconds < 10  # two are waited; without the limit it would be minutes


def test_when_the_database_is_back_pages_are_too(tmp_path):
    folder = tmp_path / "disk"
    answers = ask(f"sqlite:///{folder}/db.sqlite3", "/organisations/", "/readyz", folder=folder)
    assert [answer[0] for answer in answers] == [503, 503, 200, 200]
