"""The environment every test run has, set before Django reads its settings.

Loaded by ``-p tests.environment`` in pyproject.toml. What a developer has exported does not
reach the tests: they bring their own secrets and run on SQLite, or with ``--pg`` on a
PostgreSQL of their own (tests/postgres.py).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
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
    }
    example = ROOT / ".env.example"
    text = example.read_text("utf-8") if example.exists() else ""
    known = re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    for name in [*own, *known, "DATABASE_URL", "DEBUG", "DEMO"]:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.update(own)
    # Playwright's API for threads keeps an event loop open, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def chromium() -> str | None:
    """The browser for the tests marked ``browser``, if this machine has one."""
    names = [os.environ.get("CHROMIUM"), "/usr/bin/chromium", "chromium", "chromium-browser"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


if not WORKER and "pytest" in sys.modules.get("__main__", sys).__dict__.get("__package__", "") + "":
    prepare()
