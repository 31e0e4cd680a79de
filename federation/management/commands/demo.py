"""Build the demonstration and say how to sign in."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from federation.demo.build import NotHere, build, totals
from federation.demo.people import LOGINS, PASSWORD, Login


class Command(BaseCommand):
    help = "Build the demonstration: three real federations, an invented one, requests and logins."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_new = build()
        except NotHere as problem:
            raise CommandError(str(problem), returncode=2) from problem
        except DatabaseError as problem:
            raise CommandError(
                f"The database refused ({type(problem).__name__}), and nothing was written: "
                "run manage.py migrate, then this again."
            ) from problem
        report = {
            "state": "built" if is_new else "unchanged",
            "totals": totals(),
            "logins": [_login(login) for login in LOGINS],
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self._print(report)

    def _print(self, report: dict[str, Any]) -> None:
        is_new = report["state"] == "built"
        self.stdout.write(
            "Built the demonstration." if is_new else "The demonstration stands; nothing changed."
        )
        numbers = (f"{number} {what}" for what, number in report["totals"].items())
        self.stdout.write(f"  {', '.join(numbers)}")
        self.stdout.write(f'\nSign in with the password "{PASSWORD}" as')
        for login in report["logins"]:
            self.stdout.write(f"  {login['email']}  {login['role']}\n      {login['may']}")
        self.stdout.write("One button for each stands at /demo/, all letters at /demo/mail/.")


def _login(login: Login) -> dict[str, str]:
    return {
        "email": login.email,
        "password": PASSWORD,
        "role": str(login.role),
        "may": str(login.may),
    }
