"""The data map: every personal field, why it is kept, who sees it and how long (GDPR, Art. 30)."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.privacy import REGISTER as DIRECTORY
from federation.privacy import REGISTER as GROUND
from federation.privacy import data_map, mistakes
from membership.privacy import REGISTER as MEMBERSHIP

REGISTER = {**GROUND, **DIRECTORY, **MEMBERSHIP}


class Command(BaseCommand):
    help = "Print every personal field: purpose, who sees it, how long it is kept."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say whether the register is whole"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = mistakes(REGISTER)
        if wrong:
            raise CommandError(
                "The register of personal fields is not whole:\n  "
                + "\n  ".join(wrong)
                + "\nDeclare each field in the privacy.py of its app."
            )
        rows = data_map(REGISTER)
        if options["check"]:
            self.stdout.write(f"The register is whole: {len(rows)} personal fields.")
        elif options["format"] == "json":
            self.stdout.write(json.dumps([asdict(row) for row in rows], indent=2))
        else:
            for row in rows:
                how = "sealed" if row.sealed else row.personal.why_open
                self.stdout.write(f"{row.model}.{row.name} ({how})")
                self.stdout.write(
                    f"    for {row.personal.purpose}; seen by {row.personal.seen_by};"
                )
                self.stdout.write(f"    kept {row.personal.kept}")
