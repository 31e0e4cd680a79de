"""Proves the registers of decisions inside the database, decision by decision."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory import register
from directory.models import RegisterEntry
from federation.models import Federation


class Command(BaseCommand):
    help = (
        "Prove that no decision was changed, added in between or taken away since it was "
        "recorded. Note the hash at the end, the head, somewhere else: given by --head later, it "
        "also proves that nothing was cut off and that the whole was not written anew."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--federation", metavar="SLUG", help="only the register of this one")
        parser.add_argument("--head", metavar="HASH", help="a hash noted earlier; needs SLUG")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        federations = self._federations(options)
        found = [fault for federation in federations for fault in register.faults(federation)]
        head = options["head"]
        if head and not register.holds(federations[0], head):
            what = f"the hash {head} no longer stands in it"
            found.append(register.Fault(federations[0].slug, 0, what))
        heads = {federation.slug: _end(federation) for federation in federations}
        if options["format"] == "json":
            registers = [
                {"federation": slug, "entries": number, "head": last}
                for slug, (number, last) in heads.items()
            ]
            report = {"registers": registers, "faults": [asdict(fault) for fault in found]}
            self.stdout.write(json.dumps(report))
        else:
            self._say(found, heads)
        if found:
            raise CommandError(f"{len(found)} faults: see above. Compare with a backup.")

    def _federations(self, options: dict[str, Any]) -> list[Federation]:
        slug = options["federation"]
        if options["head"] and not slug:
            raise CommandError("--head needs --federation: each has a register.", returncode=2)
        federations = list(Federation.objects.order_by("slug"))
        if slug is None:
            return federations
        chosen = [federation for federation in federations if federation.slug == slug]
        if not chosen:
            known = ", ".join(federation.slug for federation in federations)
            raise CommandError(f"There is no federation {slug}. There are: {known}", returncode=2)
        return chosen

    def _say(self, found: list[register.Fault], heads: dict[str, tuple[int, str]]) -> None:
        for fault in found:
            place = f"entry {fault.number}" if fault.number else "register"
            self.stdout.write(f"{fault.federation}, {place}: {fault.what}")
        for slug, (number, last) in heads.items():
            self.stdout.write(f"{slug}: {number} entries, head {last}")
        total = sum(number for number, _last in heads.values())
        word = "not whole" if found else "whole"
        self.stdout.write(f"{len(heads)} registers, {total} entries: {word}.")


def _end(federation: Federation) -> tuple[int, str]:
    entries = RegisterEntry.objects.filter(federation=federation).order_by("number")
    last = entries.last()
    return entries.count(), last.hash if last else register.BEGINNING
