"""What the software reads from its environment, and when it refuses to start."""

import os
import re
import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from federation import checks

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
SETTINGS = (ROOT / "federation" / "settings.py").read_text("utf-8")


def key():
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "FIELD_KEYS": f"first:{key()}",
    "INDEX_KEY": key(),
    "ALLOWED_HOSTS": "unions.example.org",
    "SITE_URL": "https://unions.example.org",
    "MAIL_DOMAIN": "example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
    "SECURITY_CONTACT": "security@example.org",
}


def run(*command, **environment):
    """A process that knows nothing but this environment; its status, and what it said."""
    values = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "federation.settings"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**values, **environment},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def start(**environment):
    return run("-c", "import federation.settings", **environment)


def value_of(expression, **environment):
    command = f"from federation import settings as s; print(repr(({expression})))"
    status, output = run("-c", command, **environment)
    assert status == 0, output
    return output.strip()


def example_values():
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


# --- documentation --------------------------------------------------------------------------


def test_every_variable_is_documented_and_every_documented_one_is_read():
    documented = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE)
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
    read |= set(re.findall(r'\bsecret\(\s*"([A-Z_]+)"', SETTINGS))
    assert sorted(documented) == sorted(read)


def test_every_variable_is_explained_in_a_line_of_its_own():
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#?[A-Z][A-Z0-9_]+=", line):
            assert lines[number - 1].startswith("# ")


def test_nothing_else_reads_the_environment():
    reads = re.compile(r"os\.environ\b(?!\.setdefault)|getenv")
    folders = ("federation", "directory", "membership")
    code = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in code if reads.search(path.read_text("utf-8"))] == []


# --- refusing to start ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "INDEX_KEY"])
@pytest.mark.parametrize("weak", ["missing", "empty", "short", "uniform", "development", "example"])
def test_production_refuses_a_missing_or_weak_secret(name, weak):
    environment = dict(PRODUCTION)
    development = re.search(rf'secret\(\s*"{name}", "([^"]+)"', SETTINGS)[1]
    values = {
        "empty": "",
        "short": PRODUCTION[name][:20],
        "uniform": {"FIELD_KEYS": "first:" + "A" * 43}.get(name, "A" * 60),
        "development": development,
        "example": example_values()[name],
    }
    environment.pop(name)
    if weak in values:
        environment[name] = values[weak]
    status, output = start(**environment)
    assert status == 1
    assert f"{name} is missing or weak" in output.splitlines()[-1]


def test_the_example_as_it_stands_does_not_start():
    status, output = start(**example_values())
    assert status == 1
    assert "SECRET_KEY is missing or weak" in output


@pytest.mark.parametrize("name", ["FIELD_KEYS", "INDEX_KEY"])
def test_a_key_of_a_wrong_length_is_refused_and_not_shown(name):
    wrong = secrets.token_urlsafe(50)
    value = f"first:{wrong}" if name == "FIELD_KEYS" else wrong
    status, output = start(**{**PRODUCTION, name: value})
    assert status == 1
    assert "is not 32 bytes in base64url" in output
    assert wrong not in output


def test_one_key_for_two_purposes_is_refused():
    shared = {**PRODUCTION, "FIELD_KEYS": f"first:{PRODUCTION['INDEX_KEY']}"}
    assert "INDEX_KEY is one of FIELD_KEYS" in start(**shared)[1]


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(PRODUCTION["SECRET_KEY"], "utf-8")
    environment = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert value_of("len(s.SECRET_KEY)", SECRET_KEY_FILE=str(file), **environment) == "67"


def test_with_debug_it_starts_without_secrets():
    assert value_of("s.DEBUG, s.ALLOWED_HOSTS", DEBUG="1").startswith("(True, ['localhost'")


# --- production and demonstration -----------------------------------------------------------


def test_a_production_environment_has_no_warning():
    status, output = run("manage.py", "check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert (status, output.splitlines()[0][:38]) == (0, "System check identified no issues (1 s")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SITE_URL", "https://other.example.org", ["federation.E001"]),
        ("SITE_URL", "http://unions.example.org", ["federation.E002"]),
        ("SITE_URL", "unions", ["federation.E001", "federation.E002"]),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", ["federation.I001"]),
        ("SECURITY_CONTACT", "", ["federation.I002"]),
    ],
)
def test_a_doubtful_production_environment_is_told_of(settings, name, value, told):
    settings.ALLOWED_HOSTS, settings.HTTPS = ["unions.example.org"], True
    settings.SITE_URL = "https://unions.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SECURITY_CONTACT = "security@example.org"
    assert [*checks.addresses(None), *checks.people(None)] == []
    setattr(settings, name, value)
    assert [found.id for found in (*checks.addresses(None), *checks.people(None))] == told


def test_without_tls_the_check_for_deployment_warns():
    status, output = run("manage.py", "check", "--deploy", **{**PRODUCTION, "HTTPS": "0"})
    assert status == 0
    assert {"security.W004", "security.W008", "security.W012"} <= set(
        re.findall(r"security\.W\d+", output)
    )


def test_production_cookies_are_bound_to_this_host_and_tls():
    names = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE"
    assert value_of(names, **PRODUCTION) == "('__Host-session', '__Host-csrf', True)"


def test_the_demonstration_answers_on_loopback_whatever_is_asked():
    hosts = value_of("s.ALLOWED_HOSTS", **{**PRODUCTION, "DEMO": "1", "ALLOWED_HOSTS": "*"})
    assert hosts == "['localhost', '127.0.0.1', '[::1]']"


def test_the_demonstration_needs_secrets_too():
    assert "SECRET_KEY is missing" in start(DEMO="1")[1]


def test_forwarded_addresses_are_believed_from_our_own_proxies_alone():
    names = "s.SECURE_PROXY_SSL_HEADER, s.TRUSTED_PROXIES"
    assert value_of(names, **PRODUCTION) == "(None, 0)"
    assert value_of(names, **PRODUCTION, TRUSTED_PROXIES="1") == (
        "(('HTTP_X_FORWARDED_PROTO', 'https'), 1)"
    )
