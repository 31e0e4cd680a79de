"""docker-compose.yml and Dockerfile held against the code, as no Docker may be at hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def documented() -> set[str]:
    text = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_compose_services_are_those_of_the_handbook():
    assert set(SERVICES) == {"database", "migrate", "web", "worker", "mail"}
    assert set(OURS) == {"migrate", "web", "worker"}
    assert SERVICES["mail"]["profiles"] == ["mail"]
    assert "version" not in COMPOSE


def test_compose_gives_the_code_every_documented_variable():
    given = {name.removesuffix("_FILE") for name in OURS["web"]["environment"]}
    in_the_image = {"STATIC_ROOT"}
    never_in_production = {"DEBUG", "DEMO"}
    assert given == documented() - in_the_image - never_in_production


def test_compose_services_of_ours_share_one_environment():
    assert OURS["migrate"]["environment"] == OURS["web"]["environment"]
    assert OURS["worker"]["environment"] == OURS["web"]["environment"]


def test_compose_variables_asked_of_the_operator_are_documented():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) - documented() == set()


def test_compose_secrets_come_from_files_only():
    values = OURS["web"]["environment"]
    assert not {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATABASE_URL"} & set(values)
    files = {Path(value).name for name, value in values.items() if name.endswith("_FILE")}
    assert files == set(OURS["web"]["secrets"])


def test_compose_secrets_are_all_made_by_the_script():
    script = (ROOT / "script" / "secrets").read_text("utf-8")
    made = set(re.findall(r'once\("(\w+)"', script))
    assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == made


def test_compose_commands_exist():
    commands = {
        name: service["command"][2] for name, service in OURS.items() if "command" in service
    }
    assert commands == {"migrate": "migrate", "worker": "worker"}
    assert set(commands.values()) <= set(get_commands())


def test_compose_health_paths_exist():
    asked = {
        part
        for service in OURS.values()
        for part in service.get("healthcheck", {}).get("test", [])
        if part.startswith("/")
    }
    assert asked == {"/healthz", "/readyz"}
    assert {resolve(path).url_name for path in asked} == {"healthz", "readyz"}


@each_service
def test_compose_service_is_not_root_and_cannot_write(service):
    user = service["user"].partition(":")[0]
    assert user.isdecimal()
    assert int(user) > 0
    assert service["read_only"] is True
    assert any(mount.startswith("/tmp") for mount in service["tmpfs"])
    assert service["cap_drop"] == ["ALL"]


@each_service
def test_compose_service_is_published_on_loopback_at_most(service):
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_compose_database_is_reached_from_inside_alone():
    assert "ports" not in SERVICES["database"]
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@each_service
def test_compose_image_is_pinned(service):
    assert re.search(r":v?\d+\.\d+", service["image"])


def test_compose_waits_for_health_where_it_is_told():
    for service in SERVICES.values():
        for name, wish in service.get("depends_on", {}).items():
            if wish["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert wish["condition"] == "service_completed_successfully"


def test_dockerfile_stages_share_one_pinned_base_and_end_as_no_root():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.1[1-3]\.\d+-slim-\w+", bases[0])
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == [OURS["web"]["user"]]


def test_dockerignore_lets_in_what_exists():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    wanted = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert [name for name in wanted if not (ROOT / name).exists()] == []
