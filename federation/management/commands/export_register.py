"""Writes the register of decisions of a federation, as everybody may have it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.exports.register import stream
from federation.models import Federation


class Command(BaseCommand):
    help = (
        "Write the register of decisions of a federation as JSON, which script/verify_register "
        "proves. Fields that are not public are left out; their fingerprints stay."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the federation")
        parser.add_argument("--output", metavar="FILE", help="a new file; else standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        federation = Federation.objects.filter(slug=options["slug"]).first()
        if federation is None:
            known = ", ".join(Federation.objects.values_list("slug", flat=True))
            message = f"There is no federation {options['slug']}. There are: {known}"
            raise CommandError(message, returncode=2)
        if not options["output"]:
            for piece in stream(federation, None):
                self.stdout.write(piece, ending="")
            return
        try:
            with Path(options["output"]).open("x", encoding="utf-8") as file:
                file.writelines(stream(federation, None))
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}.") from error
        self.stderr.write(f"{options['output']}: written.")
