"""The launcher of PostgreSQL: whatever ends it, nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

LAUNCHER = Path(__file__).with_name("postgres.py")


def start(**environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(LAUNCHER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def folder_of(server: subprocess.Popen[str]) -> Path:
    url = server.stdout.readline().strip()
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_postgres_sorts_by_code_point():
    server = start()
    where = folder_of(server)
    with psycopg.connect(host=str(where), port=5432, user="postgres", dbname="federation") as link:
        rows = link.execute("SELECT x FROM (VALUES ('de'), ('Zulu'), ('Écoles')) t (x) ORDER BY x")
        assert [row[0] for row in rows] == ["Zulu", "de", "Écoles"]
    server.communicate()


@pytest.mark.parametrize("end", ["close", signal.SIGTERM, signal.SIGINT])
def test_postgres_ended_leaves_nothing(end):
    server = start()
    where = folder_of(server)
    assert where.is_dir()
    if end != "close":
        server.send_signal(end)
    server.communicate()
    assert not where.exists()


def test_postgres_missing_falls_through_saying_so(tmp_path):
    server = start(PG_BIN=str(tmp_path))
    assert folder_of(server).is_dir()
    _, said = server.communicate()
    assert said == f"postgres: {tmp_path}: no initdb and postgres in this folder; trying the next\n"


def test_postgres_broken_falls_through_saying_why(tmp_path):
    for name in ["initdb", "postgres"]:
        command = tmp_path / name
        command.write_text("#!/bin/sh\nexit 1\n")
        command.chmod(0o700)
    server = start(PG_BIN=str(tmp_path))
    assert folder_of(server).is_dir()
    _, said = server.communicate()
    assert str(tmp_path) in said
    assert said.count("\n") == 1
