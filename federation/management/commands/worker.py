"""Delivers letters, asks the yearly questions, and clears away what is past its time."""

import datetime
import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from directory import freshness
from federation import heartbeat, idempotency, letters
from federation.models import Bucket
from membership import deadlines
from membership.entries import reports

log = logging.getLogger(__name__)

TIDY_EVERY = 60 * 60
sessions = import_module(settings.SESSION_ENGINE)


class Command(BaseCommand):
    help = (
        "Deliver letters until SIGTERM or SIGINT; an unreachable database or mail server is waited "
        "for. With --once, deliver what is due now: exit status 1 if anything had to be put off."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due, then end")
        parser.add_argument(
            "--interval", type=float, default=3, metavar="SECONDS", help="between two looks (3)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.sent = self.put_off = 0
        self.tidied_at = float("-inf")
        with stopped_by_signals() as stop:
            if options["once"]:
                self.once(stop)
            else:
                self.work_until(stop, options["interval"])
        self.stdout.write(f"{self.sent} letters sent, {self.put_off} put off.")
        if options["once"] and self.put_off:
            raise CommandError("Letters were put off: see the log, and try again later.")

    def once(self, stop: threading.Event) -> None:
        try:
            while self.round(stop):
                pass
        except (DatabaseError, InterfaceError) as problem:
            raise CommandError(
                f"The database cannot be used: {type(problem).__name__}."
            ) from problem

    def work_until(self, stop: threading.Event, interval: float) -> None:
        while not stop.is_set():
            try:
                busy = self.round(stop)
            except (DatabaseError, InterfaceError) as problem:
                # A closed connection is opened anew at the next look.
                connection.close()
                log.warning("the database cannot be used: %s", type(problem).__name__)
                busy = False
            if not busy:
                stop.wait(interval)

    def round(self, stop: threading.Event) -> bool:
        """One look at the outbox; True if there may be more to do at once."""
        heartbeat.beat()
        self.tidy()
        sent, put_off = letters.deliver_due(stop=stop.is_set)
        self.sent += sent
        self.put_off += put_off
        return sent > 0 and not stop.is_set()

    def tidy(self) -> None:
        if time.monotonic() - self.tidied_at > TIDY_EVERY:
            letters.forget_old()
            idempotency.forget_old()
            reports.forget_handled()
            freshness.ask_due()
            deadlines.run(timezone.localdate())
            sessions.SessionStore.clear_expired()
            # An allowance that was not touched for a day is whole again.
            yesterday = timezone.now() - datetime.timedelta(days=1)
            Bucket.objects.filter(updated_at__lt=yesterday).delete()
            self.tidied_at = time.monotonic()


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, so that the letter at hand is finished first."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_args: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
