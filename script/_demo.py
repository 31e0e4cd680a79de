"""The demonstration: data of its own, and the server and the worker, which end together."""

from __future__ import annotations

import argparse
import base64
import contextlib
import ctypes
import errno
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / "demo"
DATABASE = DATA / "db.sqlite3"
SECRETS = DATA / "secrets.env"
STATIC = DATA / "static"
START_SECONDS = 60
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """What is missing and its cure, in one line."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class Ended(Exception):
    """Somebody asked us to stop."""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


# --- where it is served ---------------------------------------------------------------------


def wished_port() -> int:
    port = os.environ.get("PORT") or "8000"
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise Failed(f"PORT={port} is no port: take a number from 1 to 65535.", 2)
    return int(port)


def addresses(port: int) -> list[str]:
    """The loopback addresses of this machine, once it is sure that the port is free on them."""
    usable = [f"127.0.0.1:{port}"]
    occupied(socket.AF_INET, "127.0.0.1", port)
    with contextlib.suppress(OSError):  # no IPv6 here
        occupied(socket.AF_INET6, "::1", port)
        usable.append(f"[::1]:{port}")
    return usable


def occupied(family: socket.AddressFamily, host: str, port: int) -> None:
    cure = f"PORT={port + 1 if port < 65535 else 8001} script/demo takes another"
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except PermissionError:
            raise Failed(f"Port {port} is for root alone: {cure}.") from None
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise Failed(f"Port {port} is in use: {cure}.") from None
            raise


# --- its own data ---------------------------------------------------------------------------


def own_secrets() -> dict[str, str]:
    """Random ones, made once: what is encrypted with them can be read with no others."""
    if not SECRETS.exists():
        if DATABASE.exists():
            raise Failed("var/demo/ has lost its secrets: script/demo --reset begins anew.")
        key, index = (base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for _ in "12")
        values = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": f"demo:{key}",
            "INDEX_KEY": index,
        }
        draft = SECRETS.with_suffix(".draft")
        draft.touch(0o600)
        draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()), "utf-8")
        draft.replace(SECRETS)
    lines = SECRETS.read_text("utf-8").splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def environment(port: int) -> dict[str, str]:
    """What the settings read: the demo's values alone, whatever this shell has exported.

    A DATABASE_URL is honoured; a mail server, say, is not: the demo writes to nobody.
    """
    example = ROOT / ".env.example"
    known = re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", example.read_text("utf-8"), re.MULTILINE)
    database = {"DATABASE_URL", "DATABASE_URL_FILE"}
    foreign = ({*known, *(f"{name}_FILE" for name in known)} - database) | {
        "DJANGO_SETTINGS_MODULE"
    }
    values = {name: value for name, value in os.environ.items() if name not in foreign}
    if not database & set(values):
        values["DATABASE_URL"] = f"sqlite:///{quote(str(DATABASE))}"
    return {
        **values,
        **own_secrets(),
        "DEMO": "1",
        "SITE_URL": f"http://localhost:{port}",
        "STATIC_ROOT": str(STATIC),
        "PYTHONUNBUFFERED": "1",
    }


def reset() -> None:
    if {"DATABASE_URL", "DATABASE_URL_FILE"} & set(os.environ):
        # Its sealed fields could not be read with new secrets.
        raise Failed(
            "--reset deletes var/demo/, not what DATABASE_URL names: unset DATABASE_URL.", 2
        )
    if DATA.exists():
        shutil.rmtree(DATA)
    say("Deleted var/demo/.")


# --- making and serving ---------------------------------------------------------------------


def run(values: dict[str, str], *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=values, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)} failed, see above.", max(done.returncode, 1))


def collect_static(values: dict[str, str]) -> None:
    """Give every style sheet its lasting name, unless none has changed since the last time."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/static/**/*")):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}\n".encode())
    seen = STATIC.with_suffix(".seen")
    if not seen.exists() or seen.read_text("utf-8") != digest.hexdigest():
        say("Collecting the style sheets.")
        unused = ["--ignore=redoc", "--ignore=rest_framework"]
        run(values, "manage.py", "collectstatic", "--noinput", "--verbosity=0", *unused)
        seen.write_text(digest.hexdigest(), "utf-8")


def make(values: dict[str, str]) -> None:
    run(values, "script/_messages.py", "--compile")
    say("Making the database.")
    run(values, "manage.py", "migrate", "--verbosity=0")
    collect_static(values)
    run(values, "manage.py", "demo")


def end_with_us() -> None:
    """Have the kernel end this process when its parent is gone, were it by kill -9 (Linux)."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(values: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=values,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us, and we tell the children
        preexec_fn=end_with_us,  # noqa: PLW1509  no thread runs here
    )


def answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def serve(values: dict[str, str], port: int, bind: list[str]) -> None:
    binding = [f"--bind={address}" for address in bind]
    gunicorn = ["-m", "gunicorn", "federation.wsgi", *binding, "--log-level=warning"]
    gunicorn += ["--worker-class=gthread", "--workers=2", "--threads=8", "--no-control-socket"]
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        children["worker"] = start(values, "manage.py", "worker")
        children["server"] = start(values, *gunicorn)
        wait(children, port)
    finally:
        stop(children)


def wait(children: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    """Say the address once it answers, then watch until a child ends or somebody ends us."""
    patience = time.monotonic() + START_SECONDS
    announced = False
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise Failed(f"The {name} ended by itself, see above.", max(child.returncode, 1))
        if not announced and answers(port):
            announced = True
            print(f"\nOpen http://localhost:{port}/ (Ctrl-C ends it)", flush=True)
        elif not announced and time.monotonic() > patience:
            raise Failed(f"No answer on port {port} after {START_SECONDS} seconds, see above.")
        time.sleep(0.2)


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


# --- the command ----------------------------------------------------------------------------


def leave(number: int, frame: FrameType | None) -> None:
    raise Ended


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Serve a demonstration on http://localhost:8000, for this machine alone.",
        epilog="PORT chooses another port, DATABASE_URL another database than var/demo/.",
    )
    parser.add_argument("--reset", action="store_true", help="begin anew: delete var/demo/ first")
    parser.add_argument("--before-all", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def act(chosen: argparse.Namespace) -> None:
    port = wished_port()
    bind = addresses(port)
    if chosen.before_all:  # the port is free: on with the long work
        return
    if chosen.reset:
        reset()
    DATA.mkdir(parents=True, exist_ok=True)
    values = environment(port)
    make(values)
    serve(values, port, bind)


def main() -> int:
    chosen = options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):  # nohup
            signal.signal(number, leave)
    try:
        act(chosen)
    except Ended:
        say("Ended.")
    except Failed as problem:
        say(str(problem))
        return problem.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
