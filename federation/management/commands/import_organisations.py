"""Bring a list of members into a federation's register."""

import datetime
import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directory.folding import fold
from directory.importing import Plan, PlannedRow, State, make_plan, write_plan
from directory.models import Source
from directory.reading import ListPage, ReadingError, read_list
from federation.models import Federation, Status, plausible_date

USED_WRONGLY = 2
SIGNS = {
    State.NEW: "+",
    State.CHANGED: "~",
    State.UNCHANGED: "=",
    State.GONE: "-",
    State.NOT_UNDERSTOOD: "?",
}


class Command(BaseCommand):
    help = (
        "Read a list of members (a pasted wiki page in Markdown or MediaWiki notation, CSV, XLSX), "
        "show row by row what it means, and bring it into the register. Nothing is written unless "
        "every row is understood."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--federation", required=True, metavar="SLUG")
        parser.add_argument(
            "--status", metavar="KIND", help="of the rows for which the list names none"
        )
        parser.add_argument("--as-of", metavar="DATE", help="the day the list was so (today)")
        parser.add_argument(
            "--source-url", default="", metavar="URL", help="where the list was found"
        )
        parser.add_argument("--dry-run", action="store_true", help="show, write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        federation = _federation(options["federation"])
        default = _status(federation, options["status"]) if options["status"] else None
        page = _page(options["file"])
        _same_federation(page, federation)
        plan = make_plan(page, federation, as_of=_day(options["as_of"]), default=default)
        source = _source(plan, options["file"], options["source_url"])
        written = False
        if plan.is_understood and not options["dry_run"]:
            try:
                write_plan(plan, source=source)
            except ValidationError as error:
                raise CommandError(f"Nothing was written. {' '.join(error.messages)}") from error
            written = bool(plan.to_write)
        self._report(plan, written, options)
        if not plan.is_understood:
            raise CommandError(
                f"Nothing was written: {plan.counts['not_understood']} rows are not understood. "
                "Mend these lines in the file and run this again."
            )

    def _report(self, plan: Plan, written: bool, options: dict[str, Any]) -> None:
        if options["format"] == "json":
            report = {
                "federation": plan.federation.slug,
                "title": plan.page.title,
                "as_of": plan.as_of.isoformat(),
                "dry_run": options["dry_run"],
                "written": written,
                **plan.counts,
                "ignored_columns": list(plan.page.ignored_columns),
                "rows": [_as_json(row) for row in plan.rows],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        if plan.page.ignored_columns:
            self.stdout.write(f"Columns not read: {', '.join(plan.page.ignored_columns)}.")
        if plan.page.ignored_sheets:
            self.stdout.write(f"Sheets not read: {', '.join(plan.page.ignored_sheets)}.")
        for row in plan.rows:
            self.stdout.write(_as_text(row))
        totals = ", ".join(
            f"{number} {state.replace('_', ' ')}" for state, number in plan.counts.items()
        )
        self.stdout.write(f"{totals}. {_outcome(plan, written)}")


def _federation(slug: str) -> Federation:
    federation = Federation.objects.filter(slug=slug).first()
    if federation is None:
        known = ", ".join(Federation.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(
            f"There is no federation “{slug}”. Use one of these: {known}.", returncode=USED_WRONGLY
        )
    return federation


def _same_federation(page: ListPage, federation: Federation) -> None:
    """Refuse a page whose title is the name of another federation of this register."""
    for other in Federation.objects.exclude(pk=federation.pk):
        if fold(page.title) in {fold(name) for name in other.names.values()}:
            raise CommandError(
                f"The page is titled “{page.title}”, which is {other.slug}, not {federation.slug}. "
                "Check --federation, or the title in the file.",
                returncode=USED_WRONGLY,
            )


def _status(federation: Federation, word: str) -> Status:
    statuses = federation.statuses
    status = statuses.filter(slug=word).first() or statuses.filter(kind=word).first()
    if status is None:
        known = ", ".join(statuses.values_list("slug", flat=True)) or "none yet"
        raise CommandError(
            f"“{word}” is not a status of {federation.slug}. Use one of these: {known}.",
            returncode=USED_WRONGLY,
        )
    return status


def _day(text: str | None) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text) if text else timezone.localdate()
        plausible_date(day)
    except (ValueError, ValidationError) as error:
        raise CommandError(
            f"“{text}” is not a day of a list. Write it as 2026-05-31.", returncode=USED_WRONGLY
        ) from error
    return day


def _page(path: Path) -> ListPage:
    if not path.is_file():
        raise CommandError(f"There is no file {path}. Check its name.", returncode=USED_WRONGLY)
    try:
        return read_list(path)
    except ReadingError as error:
        raise CommandError(f"{path.name}: {error}") from error


def _source(plan: Plan, path: Path, url: str) -> Source:
    address = url or (plan.page.url if plan.page.url.startswith(("https://", "http://")) else "")
    return Source(
        federation=plan.federation,
        title=(plan.page.title or path.name)[:300],
        url=address,
        as_of=plan.as_of,
        note=f"list, {path.name}"[:500],
    )


def _outcome(plan: Plan, written: bool) -> str:
    if written:
        return "Written."
    if not plan.is_understood:
        return ""  # the error says so
    return "Nothing was written." if plan.to_write else "There was nothing to write."


def _as_json(planned: PlannedRow) -> dict[str, Any]:
    return {
        "state": planned.state.value,
        "line": planned.line or None,
        "name": planned.name,
        "reason": planned.reason,
        "organisation": planned.organisation.slug if planned.organisation else None,
        "status": planned.status.slug if planned.status else None,
        "countries": list(planned.row.countries) if planned.row else [],
        "country_basis": planned.row.country_basis if planned.row else None,
        "changes": [{"fact": c.fact, "old": c.old, "new": c.new} for c in planned.changes],
    }


def _as_text(planned: PlannedRow) -> str:
    where = f"line {planned.line}" if planned.line else "not in the list"
    parts = [f"{SIGNS[planned.state]} {where}: {planned.name}"]
    if planned.status and planned.state in {State.NEW, State.GONE}:
        parts.append(f"[{planned.status.slug}]")
    if planned.row and planned.row.countries:
        implied = " by its name" if planned.row.country_basis == "implied" else ""
        parts.append(f"({' '.join(planned.row.countries)}{implied})")
    parts += [
        f"{change.fact}: {change.old or 'empty'} → {change.new}" for change in planned.changes
    ]
    if planned.reason:
        parts.append(f"– {planned.reason}")
    return " ".join(parts)
