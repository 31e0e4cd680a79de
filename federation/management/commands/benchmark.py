"""Measure the public directory on an invented world, in a database of its own."""

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from federation.benchmark import measures, world

SIZES = "17,10000,100000"
NAME = "benchmark"


def whole_numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


class Command(BaseCommand):
    help = (
        "Measure how fast the public directory answers at several sizes, as multiples of a bare "
        "page and of the smallest size. Builds a database of its own and removes it."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sizes", type=whole_numbers, default=whole_numbers(SIZES))
        parser.add_argument("--rounds", type=int, default=15)
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["sizes"]) < 1 or options["rounds"] < 1:
            raise CommandError("Sizes and rounds are whole numbers from 1 on.", returncode=2)
        found: list[measures.Measure] = []
        exports: list[measures.Export] = []
        bare = measures.floor(options["rounds"])
        for size in options["sizes"]:
            self.tell(f"{size} organisations …")
            self.within(size, options["rounds"], found, exports)
        report = measures.report(bare, found, exports)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self.print(report)

    def within(self, size: int, rounds: int, found: list[Any], exports: list[Any]) -> None:
        """Build the world, measure it and take it down again."""
        name = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"] = {
            **connection.settings_dict.get("TEST", {}), "NAME": self.place(),
        }  # fmt: skip
        try:
            with redirect_stdout(StringIO()):  # it tells of its steps where the report goes
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        except DatabaseError as problem:
            raise CommandError(
                f"The database for measuring cannot be made ({type(problem).__name__}): the "
                "database's user needs the right to create one."
            ) from problem
        try:
            world.build(size)
            if connection.vendor == "postgresql":  # which looks at its tables by itself, in time
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            found += measures.pages(size, rounds)
            exports += [measures.export(url, size) for url in measures.EXPORTS]
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

    def place(self) -> str:
        """The name of the database: beside the real one, and never the real one."""
        name = str(connection.settings_dict["NAME"])
        return f"{name}.{NAME}" if connection.vendor == "sqlite" else f"{NAME}_{name}"

    def tell(self, words: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(words)

    def print(self, report: dict[str, Any]) -> None:
        self.stdout.write(f"{report['database']}; a bare page takes {report['bare_page']:.2f} ms\n")
        self.stdout.write(f"{'':26}{'size':>8}{'ms':>9}{'bare':>8}{'growth':>8}{'queries':>9}")
        for row in report["pages"]:
            self.stdout.write(
                f"{row['operation']:26}{row['size']:8}{row['median']:9.2f}{row['bare_pages']:8.1f}"
                f"{row['growth']:8.2f}{row['queries']:9}"
            )
        self.stdout.write(f"\n{'':26}{'size':>8}{'rows/s':>9}{'first':>8}{'memory':>8}")
        for row in report["exports"]:
            self.stdout.write(
                f"{row['operation']:26}{row['size']:8}{row['rows_per_second']:9.0f}"
                f"{row['first_bytes']:7.2f}s{row['memory']:6.1f}MB"
            )
