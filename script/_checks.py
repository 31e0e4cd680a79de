"""Every check and every test, one after the other, and one summary at the end.

The last line counts the tests of all runs: ``N passed, N failed``. A run that could not even
report its tests counts as one failed.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.prefix) / "bin"
sys.path.insert(0, str(ROOT))

from tests.environment import chromium, prepare  # noqa: E402  the root is known only now


@dataclass
class Tests:
    """What one run of pytest has reported."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass
class Outcome:
    title: str
    result: str  # ok, failed or skipped
    seconds: float = 0
    note: str = ""
    tests: Tests = field(default_factory=Tests)


def run(*command: str | Path, **environment: str) -> bool:
    started = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )
    try:
        return started.wait() == 0
    except BaseException:
        started.terminate()  # it has to tidy up behind itself
        started.wait()
        raise


def manage(*command: str, **environment: str) -> bool:
    return run(sys.executable, "manage.py", *command, **environment)


# --- the checks -----------------------------------------------------------------------------


def formatting() -> bool:
    return run(TOOLS / "ruff", "format", "--check", "--output-format=concise", ".")


def lint() -> bool:
    return run(TOOLS / "ruff", "check", "--output-format=concise", ".")


def templates() -> bool:
    found = sorted(
        path.relative_to(ROOT)
        for folder in ["templates", "congress", "directory", "federation", "membership"]
        for path in (ROOT / folder).rglob("*.html")
    )
    return run(TOOLS / "djade", "--check", "--target-version", "5.2", *found)


def types() -> bool:
    return run(TOOLS / "mypy", "--no-error-summary")


def arrows() -> bool:
    return run(TOOLS / "lint-imports", "--no-logo", "--cache-dir", ROOT / "var" / "import_linter")


def migrations() -> bool:
    return manage("makemigrations", "--check", "--dry-run", "--verbosity=1")


def deployment() -> bool:
    """As .env.example tells an operator to set it up, with fresh secrets."""
    key, index = (base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for _ in "12")
    return manage(
        *("check", "--deploy", "--fail-level=WARNING"),
        SECRET_KEY=secrets.token_urlsafe(50),
        FIELD_KEYS=f"first:{key}",
        INDEX_KEY=index,
        HTTPS="1",
        ALLOWED_HOSTS="federation.example.org",
        SITE_URL="https://federation.example.org",
        MAIL_DOMAIN="example.org",
    )


def messages() -> bool:
    return run(sys.executable, "script/_messages.py", "--check")


CHECKS: dict[str, Callable[[], bool]] = {
    "format (ruff)": formatting,
    "lint (ruff)": lint,
    "templates (djade)": templates,
    "types (mypy)": types,
    "arrows (import-linter)": arrows,
    "migrations complete": migrations,
    "fit for deployment": deployment,
    "translations": messages,
}


# --- the tests ------------------------------------------------------------------------------


def run_tests(title: str, *arguments: str) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="federation-test-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            "-m",
            "pytest",
            "-n",
            "2",
            "--dist=worksteal",
            "-q",
            f"--junit-xml={report}",
            *arguments,
        ]
        ok = run(sys.executable, *command)
        tests = read(report)
    note = f"{tests.passed} passed, {tests.failed} failed, {tests.skipped} skipped"
    if not tests.passed and not tests.failed:
        tests.failed, ok, note = 1, False, "no test was reported"
    return Outcome(title, "ok" if ok and not tests.failed else "failed", note=note, tests=tests)


def read(report: Path) -> Tests:
    try:
        suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314  our own file
    except (OSError, ElementTree.ParseError):
        return Tests()
    sums = Tests()
    for suite in suites:
        total, failures, errors, skipped = (
            int(suite.get(name, "0")) for name in ["tests", "failures", "errors", "skipped"]
        )
        sums.failed += failures + errors
        sums.skipped += skipped
        sums.passed += total - failures - errors - skipped
    return sums


# --- all of it ------------------------------------------------------------------------------


def heading(title: str) -> None:
    print(f"\n== {title}", flush=True)


def checked(title: str, check: Callable[[], bool]) -> Outcome:
    return Outcome(title, "ok" if check() else "failed")


def timed(title: str, step: Callable[[], Outcome]) -> Outcome:
    heading(title)
    started = time.monotonic()
    outcome = step()
    outcome.seconds = time.monotonic() - started
    print(f"-- {outcome.result} in {outcome.seconds:.1f} s", flush=True)
    return outcome


def all_steps(chosen: argparse.Namespace) -> list[Outcome]:
    outcomes = [
        timed(title, lambda c=check, t=title: checked(t, c)) for title, check in CHECKS.items()
    ]
    more = chosen.pytest
    outcomes.append(timed("tests on SQLite", lambda: run_tests("tests on SQLite", *more)))
    title = "tests on PostgreSQL"
    if chosen.fast:
        outcomes.append(Outcome(title, "skipped", note="--fast"))
    else:
        outcomes.append(timed(title, lambda: run_tests(title, "--pg", *more)))
    return outcomes


def summary(outcomes: list[Outcome]) -> None:
    heading("Summary")
    for outcome in outcomes:
        line = f"{outcome.title:24} {outcome.result:8} {outcome.seconds:6.1f} s  {outcome.note}"
        print(line.rstrip())
    if chromium() is None:
        print(
            "WARNING: no Chromium was found, so every test in a browser was skipped: "
            "apt install chromium, or name one by CHROMIUM=/path/to/chromium."
        )
    passed = sum(outcome.tests.passed for outcome in outcomes)
    failed = sum(outcome.tests.failed for outcome in outcomes)
    print(f"{passed} passed, {failed} failed", flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/test", description="Run every check and test.")
    parser.add_argument("--fast", action="store_true", help="run the tests on SQLite only")
    parser.add_argument("pytest", nargs="*", metavar="-- ...", help="arguments for pytest")
    return parser.parse_args()


def leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    chosen = options()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    prepare()
    outcomes = all_steps(chosen)
    summary(outcomes)
    return 1 if any(outcome.result == "failed" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
