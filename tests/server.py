"""The site as it is served in earnest: gunicorn in a process of its own, on the tests' database."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 30  # seconds


def _database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a running server; its files go to `folder`. It ends with the block."""
    environment = os.environ | {
        "DATABASE_URL": _database(),
        "STATIC_ROOT": str(folder / "static"),
        "HTTPS": "1" if settings.HTTPS else "0",
        "LOG_LEVEL": "ERROR",
    }
    manage = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(manage, cwd=ROOT, env=environment, check=True)
    site = f"http://127.0.0.1:{_free_port()}"
    command = [sys.executable, "-m", "gunicorn", "federation.wsgi", "-k", "gthread"]
    command += ["--threads", "8", "--bind", site.removeprefix("http://"), "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(f"{site}/healthz", server)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310  our own address
            return
        time.sleep(0.1)
    raise AssertionError(f"the server at {url} did not start")
