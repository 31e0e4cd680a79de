"""The environment every test run has, set before Django reads its settings.

Loaded by ``-p tests.environment`` in pyproject.toml. What a developer has exported does not
reach the tests: they bring their own secrets and run on SQLite, or with ``--pg`` on a
PostgreSQL of their own (tests/postgres.py).
"""

from __future__ import annotations

import base64
import gc
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
WORKER = "PYTEST_XDIST_WORKER" in os.environ  # it inherits all that is set here
FOLDER = "FEDERATION_TEST_FOLDER"
SERVER = pytest.StashKey[subprocess.Popen[str]]()
TEMPORARY = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def _secret(name: str) -> str:
    """The same in every run and every worker, so that a failure can be repeated."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()


def prepare() -> None:
    """Forget what the settings could read from outside, and set what they need."""
    own = {
        "SECRET_KEY": _secret("secret key of the tests") * 2,
        "FIELD_KEYS": f"test:{_secret('field key of the tests')}",
        "INDEX_KEY": _secret("index key of the tests"),
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "HTTPS": "0",
        "DATABASE_URL": "sqlite://:memory:",  # with --pg another; the tests' own stands below
        "STATIC_ROOT": str(ROOT / "federation" / "static"),
    }
    example = ROOT / ".env.example"
    text = example.read_text("utf-8") if example.exists() else ""
    known = re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    for name in [*own, *known, "DEBUG", "DEMO"]:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.update(own)


def chromium() -> str | None:
    """The browser for the tests marked ``browser``, if this machine has one."""
    names = [os.environ.get("CHROMIUM"), "/usr/bin/chromium", "chromium", "chromium-browser"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pg", action="store_true", help="run on a PostgreSQL of its own")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """A wrapper runs before and after the plain hook in which Django reads its settings."""
    if not WORKER:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # to leave nothing behind
        prepare()
        subprocess.run([sys.executable, "script/_messages.py", "--compile"], cwd=ROOT, check=True)
        early_config.stash[TEMPORARY] = tempfile.TemporaryDirectory(prefix="federation-test-")
        # Playwright keeps an event loop open, which Django would take for async code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        # Hypothesis then takes the same examples in every run, and its time on a busy machine.
        os.environ["CI"] = "1"
        os.environ[FOLDER] = early_config.stash[TEMPORARY].name
        if getattr(early_config.known_args_namespace, "pg", False):
            early_config.stash[SERVER] = _postgres()
    outcome = yield
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file of this run alone, and nothing to be waited for: it need not outlive a crash.
        database["TEST"]["NAME"] = str(Path(os.environ[FOLDER]) / "test.sqlite3")
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    return outcome


def _postgres() -> subprocess.Popen[str]:
    """Start the launcher and point the settings to its server; closing its input ends it."""
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "postgres.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C stops pytest, and pytest the server
    )
    url = server.stdout.readline().strip() if server.stdout else ""
    if not url:
        raise pytest.UsageError("--pg: no PostgreSQL could be started, see above")
    os.environ["DATABASE_URL"] = url
    return server


def pytest_report_header() -> str:
    return f"database: {os.environ.get('DATABASE_URL', 'sqlite:').partition(':')[0]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The long ones begin, so that at the end no worker waits for another.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if chromium() is None:
        reason = "no Chromium: apt install chromium, or name one by CHROMIUM=/path/to/chromium"
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: do not look through it for garbage all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None and server.stdin is not None:
        server.stdin.close()
        server.wait()
    temporary = config.stash.get(TEMPORARY, None)
    if temporary is not None:
        temporary.cleanup()
