"""Makes .venv hold the locked packages; does nothing when it does already.

Started by the commands beside it with any Python 3.11 to 3.13, hence no package is used here.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"  # what has been installed, written when it is complete
UNFINISHED = VENV / "unfinished"  # there while we are at work, or were killed at it
LOG = ROOT / "var" / "install.log"
# requirements-test.txt holds all of requirements.txt, so who has the first has both.
COVERED_BY = {
    "requirements.txt": ["requirements.txt", "requirements-test.txt"],
    "requirements-test.txt": ["requirements-test.txt"],
}
# Would send the packages elsewhere than into .venv.
MISLEADING = ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV"]
PR_SET_PDEATHSIG = 1
NETWORK = ["NewConnectionError", "Max retries", "ConnectTimeout", "ReadTimeout", "ProxyError"]


class Failed(Exception):
    """What is missing and its cure, in one line."""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def checksum(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def stamp() -> dict[str, str]:
    try:
        read = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def fits(lock: str) -> bool:
    installed = stamp()
    return (
        not UNFINISHED.exists()
        and installed.get("place") == str(VENV)
        and any(installed.get(name) == checksum(name) for name in COVERED_BY[lock])
        and usable()
    )


def usable() -> bool:
    """Whether .venv has a Python of ours with pip: neither half made, moved nor outlived."""
    if UNFINISHED.exists() or stamp().get("place", str(VENV)) != str(VENV):
        return False
    test = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    try:
        return subprocess.run([PYTHON, "-c", test], capture_output=True).returncode == 0
    except OSError:
        return False


@contextmanager
def alone() -> Iterator[int]:
    """One at a time; the system gives the lock back however we end.

    The commands we start hold it too, so that one which outlives us is waited for.
    """
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    with (folder / "install.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is installing the packages; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def install(lock: str, held: int) -> None:
    anew = not usable()
    try:
        if anew:
            make(held)
        UNFINISHED.touch()
        pip(lock, held)
    except BaseException as problem:
        if anew:
            shutil.rmtree(VENV, ignore_errors=True)
        elif isinstance(problem, Failed):
            UNFINISHED.unlink()  # pip changes nothing unless it has everything at hand
        raise
    STAMP.write_text(json.dumps({"place": str(VENV), lock: checksum(lock)}), "utf-8")
    UNFINISHED.unlink()


def make(held: int) -> None:
    try:
        import ensurepip  # noqa: PLC0415  Debian leaves it out of its python3
        import venv  # noqa: F401, PLC0415
    except ImportError:
        raise Failed(no_venv()) from None
    del ensurepip
    if VENV.exists():
        say("Making .venv anew: what is there is unfinished, moved or for another Python.")
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    made = subprocess.run(
        [sys.executable, "-m", "venv", VENV], capture_output=True, pass_fds=[held]
    )
    if made.returncode:
        raise Failed(no_venv())


def no_venv() -> str:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    package = "python3-venv" if sys.executable == "/usr/bin/python3" else f"{name}-venv"
    return f"{sys.executable} has no working venv module: apt install {package}, then try again."


def pip(lock: str, held: int) -> None:
    say(f"Installing the packages of {lock} into .venv (half a minute).")
    command = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    environment = {key: value for key, value in os.environ.items() if key not in MISLEADING}
    with LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(
            [*command, "--retries", "2", "--require-hashes", "-r", lock],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[held],
        )
    if done.returncode:
        raise Failed(reason(LOG.read_text("utf-8", "replace")))


def reason(output: str) -> str:
    where = f"(all of pip's words: {LOG.relative_to(ROOT)})"
    if "DO NOT MATCH THE HASHES" in output:
        return f"A package is not the one that was locked, so nothing was installed {where}."
    if any(word in output for word in NETWORK):
        return (
            "The packages cannot be downloaded: check the network, and set HTTPS_PROXY or "
            f"PIP_INDEX_URL if this machine needs them {where}."
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    return f"pip failed: {(errors or ['no reason given'])[0].removeprefix('ERROR: ')} {where}"


def end_with_parent() -> None:
    """Have the kernel tell us when the command that started us is ended (Linux)."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    end_with_parent()
    lock = sys.argv[1]
    if fits(lock):
        return 0
    try:
        with alone() as held:
            if not fits(lock):  # the other run may have done it
                install(lock, held)
    except (Failed, OSError) as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
