"""`manage.py worker`: it goes on through every outage, ends in good order, and loses nothing."""

import datetime
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from federation import heartbeat, letters
from federation.models import Bucket, Letter
from tests.federation.mail_server import free_port, serving

ROOT = Path(__file__).resolve().parent.parent.parent


def database_of_the_test():
    """The address of the database that this very test runs on, for another process."""
    kept = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{kept['NAME']}"
    where = urlencode({"host": kept["OPTIONS"]["host"], "port": kept["OPTIONS"]["port"]})
    return f"postgres://{quote(kept['USER'])}@/{kept['NAME']}?{where}"


@pytest.fixture
def start():
    """Starts a worker in a process of its own; none outlives its test."""
    workers = []

    def start_one(port, database=""):
        environment = os.environ | {
            "DATABASE_URL": database or database_of_the_test(),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "manage.py", "worker", "--interval", "0.1"]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        workers.append(subprocess.Popen(command, cwd=ROOT, env=environment, **streams))
        return workers[-1]

    yield start_one
    for worker in workers:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def end(worker, number=signal.SIGTERM):
    worker.send_signal(number)
    output, _errors = worker.communicate(timeout=30)
    return worker.returncode, output


def minds_sigterm(worker):
    """Whether it has begun to work: until then SIGTERM would simply end it. Linux tells."""
    said = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
    caught = int(re.search(r"SigCgt:\s*(\w+)", said)[1], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def wait_until(happened, seconds=30):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def queue(number):
    return {
        letters.queue("code", f"person{at}@example.org", "en", code="1", reference="X").message_id
        for at in range(number)
    }


@pytest.fixture
def post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with serving(settings.EMAIL_PORT) as post:
        post.port = settings.EMAIL_PORT
        yield post


# --- once -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_once_delivers_all_that_is_due(post, capsys):
    queue(45)
    call_command("worker", "--once")
    assert capsys.readouterr().out == "45 letters sent, 0 put off.\n"
    assert len(set(post.ids)) == 45


@pytest.mark.django_db
def test_once_fails_when_letters_were_put_off(post, capsys):
    queue(2)
    post.refusals = ["451 later"]
    with pytest.raises(CommandError, match="put off"):
        call_command("worker", "--once")
    assert capsys.readouterr().out == "1 letters sent, 1 put off.\n"


@pytest.mark.django_db
def test_it_gives_a_sign_of_life_and_tidies_up(post):
    now = timezone.now()
    Bucket.objects.create(key="old", updated_at=now - datetime.timedelta(hours=25))
    Bucket.objects.create(key="new", updated_at=now - datetime.timedelta(hours=23))
    Session.objects.create(session_key="old", expire_date=now - datetime.timedelta(minutes=1))
    call_command("worker", "--once")
    assert heartbeat.state() == "ok"
    assert [bucket.key for bucket in Bucket.objects.all()] == ["new"]
    assert not Session.objects.exists()


# --- as a process of its own ----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_delivers_until_it_is_told_to_stop(start, post, number):
    worker = start(post.port)
    expected = queue(3)
    wait_until(lambda: len(post.ids) == 3)
    assert end(worker, number) == (0, "3 letters sent, 0 put off.\n")
    assert set(post.ids) == expected


@pytest.mark.django_db(transaction=True)
def test_it_outlives_a_mail_server_that_is_away(start):
    port = free_port()
    expected = queue(1)
    worker = start(port)
    wait_until(lambda: Letter.objects.filter(attempts=1, state="queued").exists())
    with serving(port) as post:
        Letter.objects.update(due_at=timezone.now())
        wait_until(lambda: post.ids)
        status, output = end(worker)
    assert (status, set(post.ids)) == (0, expected)
    assert "ConnectionRefusedError" in output


def test_it_outlives_a_database_that_is_away(start, tmp_path):
    worker = start(free_port(), database=f"sqlite:///{tmp_path}/nowhere/db.sqlite3")
    time.sleep(4)
    assert worker.poll() is None
    status, output = end(worker)
    assert status == 0
    assert "the database cannot be used: OperationalError" in output


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_loses_nothing_and_sends_every_letter(start, post):
    expected = queue(60)
    for round_number in range(4):
        worker = start(post.port)
        wait_until(lambda at=12 * (round_number + 1): len(post.ids) >= at)
        worker.kill()
        worker.communicate()
    # What the dead held in their hands falls due when their lease has run out.
    Letter.objects.filter(state="queued").update(due_at=timezone.now())
    call_command("worker", "--once")
    assert set(post.ids) == expected
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    # Each kill may repeat the one letter that was on its way, under the same Message-ID.
    assert len(post.ids) - len(expected) <= 4


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_each_letter_once(start, post):
    expected = queue(60)
    workers = [start(post.port), start(post.port)]
    wait_until(lambda: len(post.ids) >= 60 and all(map(minds_sigterm, workers)))
    ends = [end(worker) for worker in workers]
    assert [status for status, _output in ends] == [0, 0]
    assert len(post.ids) == 60
    assert set(post.ids) == expected
