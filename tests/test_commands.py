"""The commands in script/ say in one line what is missing; the tools look at all there is."""

from __future__ import annotations

import os
import pkgutil
import re
import runpy
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(command: str, *arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [ROOT / "script" / command, *arguments],
        cwd="/",
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """A PATH without any Python."""
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    return str(tmp_path)


@pytest.mark.parametrize("command", ["demo", "test", "messages"])
def test_command_without_python_names_the_cure(command, bare):
    status, said = run(command, PATH=bare, PYTHON="")
    assert status == 1
    assert said.count("\n") == 1
    assert said.startswith("No Python 3.11, 3.12 or 3.13 was found: apt install python3")


def test_demo_on_an_occupied_port_names_the_cure():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, said = run("demo", PORT=str(port))
    assert status == 1
    assert said == f"Port {port} is in use: PORT={port + 1} script/demo takes another.\n"


@pytest.mark.parametrize("port", ["http", "0", "65536", "80 80"])
def test_demo_on_no_port_is_wrong_use(port):
    assert run("demo", PORT=port) == (
        2,
        f"PORT={port} is no port: take a number from 1 to 65535.\n",
    )


@pytest.mark.parametrize("command", ["demo", "test", "messages"])
def test_command_is_executable_for_all(command):
    assert (ROOT / "script" / command).stat().st_mode & 0o111 == 0o111


def test_messages_finds_texts_in_code_and_in_templates():
    found = runpy.run_path(str(ROOT / "script" / "_messages.py"))["collected"]()
    kinds = {Path(place).suffix for text in found for place, _ in text.locations}
    assert kinds == {".py", ".html", ".txt"}


def test_import_contract_places_every_module_of_the_floor():
    """One that is not named could import anything unseen."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    placed = re.findall(r"federation\.(\w+)", " ".join(contracts["contracts"][0]["layers"]))
    modules = {found.name for found in pkgutil.iter_modules([str(ROOT / "federation")])}
    assert modules - set(placed) - {"migrations"} == set()
