"""Reads a mail server's notice that a letter could not be delivered, and notes it at the letter."""

import json
import re
import sys
from email.parser import BytesHeaderParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from federation import letters
from federation.models import Letter

LARGEST = 1_000_000  # bytes; our letters are short, and so is what comes back of them
AT_MOST = 20  # Message-IDs looked at in one notice
ACTION = re.compile(rb"^action:[ \t]*([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID = re.compile(
    rb"^message-id:(?:[ \t]|\r?\n[ \t]){0,20}(<[!-;=?-~]{1,118}>)", re.IGNORECASE | re.MULTILINE
)


class Command(BaseCommand):
    help = (
        "Read a delivery status notification (RFC 3464) from standard input, as a mail server "
        "pipes it, and mark the letter of ours that it is about as returned. A notice of delay "
        "changes nothing."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if sys.stdin.isatty():
            raise CommandError("Pipe the notice in: manage.py returned < notice.eml", returncode=2)
        action, ids = read(sys.stdin.buffer.read(LARGEST + 1))
        try:
            self.note(action, ids, options)
        except (DatabaseError, InterfaceError) as problem:
            name = type(problem).__name__
            raise CommandError(
                f"The database cannot be used: {name}. Try again later."
            ) from problem

    def note(self, action: str, ids: list[str], options: dict[str, Any]) -> None:
        found = Letter.objects.filter(message_id__in=ids)
        about = sorted(found.values_list("about", "template"))
        if not about:
            raise CommandError("The notice names no letter of ours, or one forgotten already.")
        number = 0
        if action == "failed":
            number = found.exclude(state=Letter.State.RETURNED).count()
            if not options["dry_run"]:
                number = letters.returned(found, "notice")
        self.report(action, about, number, options)

    def report(
        self, action: str, about: list[tuple[str, str]], number: int, options: dict[str, Any]
    ) -> None:
        if options["format"] == "json":
            named = [{"about": reference, "letter": letter} for reference, letter in about]
            report = {"action": action, "letters": named, "returned": number}
            self.stdout.write(json.dumps({**report, "dry_run": options["dry_run"]}))
            return
        if action != "failed":
            self.stdout.write(f"The notice says “{action}”: nothing is to be done.")
        elif options["dry_run"]:
            self.stdout.write(f"Letters that would be marked as returned: {number}.")
        else:
            self.stdout.write(f"Letters marked as returned: {number}.")


def read(notice: bytes) -> tuple[str, list[str]]:
    """What the notice says has happened, and the Message-IDs that it names.

    It is searched, not taken apart: what is sent to us may be of any make, and as deeply nested
    as somebody likes.
    """
    if len(notice) > LARGEST:
        raise CommandError("The input is larger than a megabyte: this is no notice about a letter.")
    head, _blank, body = notice.replace(b"\r\n", b"\n").partition(b"\n\n")
    headers = BytesHeaderParser().parsebytes(head)
    kind = str(headers.get_param("report-type", "")).lower()
    if headers.get_content_type() != "multipart/report" or kind != "delivery-status":
        raise CommandError("The input is no delivery status notification: nothing was changed.")
    actions = {found.decode().lower() for found in ACTION.findall(body)}
    if not actions:
        raise CommandError("The notification says of no address what has happened.")
    ids = [found[1].decode() for found in islice(MESSAGE_ID.finditer(body), AT_MOST)]
    return ("failed" if "failed" in actions else min(actions)), ids
