"""Reports of errors: from the form of the public to those who keep the entry, and away again."""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.models import Organisation
from federation import letters
from federation.limits import spend
from federation.states import move
from membership.models import ErrorReport

# Anybody can send a report, so whoever reads them is not told of each.
LETTERS_AN_HOUR = 3


def send_report(
    organisation: Organisation,
    *,
    token: uuid.UUID,
    answers: dict[str, Any],
    email: str = "",
    language: str = "",
) -> ErrorReport:
    """File what a reader reported, once for each form that was given out."""
    report = ErrorReport(
        organisation=organisation,
        form_token=token,
        answers=answers,  # type: ignore[misc]  # the field seals any JSON
        email=email,
        language=letters.spoken(language),
        submitted_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            report.save()
            _tell(report)
    except IntegrityError:
        # A second click, or the page sent again.
        report = ErrorReport.objects.get(form_token=token)
    return report


def _tell(report: ErrorReport) -> None:
    for person in report.deciders():
        per = datetime.timedelta(hours=1)
        if spend("report letter", str(person.pk), amount=LETTERS_AN_HOUR, per=per):
            letters.queue("report_waiting", person.email, person.language)


def handle(report: ErrorReport, *, by: Any, note: str = "", seen: int | None = None) -> ErrorReport:
    """The entry was corrected, or a colleague will see to it."""
    return move(report, "handle", by=by, office=report.office_of(by), note=note, seen=seen)


def dismiss(report: ErrorReport, *, by: Any, note: str, seen: int | None = None) -> ErrorReport:
    """The entry is right as it stands, or the report is none."""
    return move(report, "dismiss", by=by, office=report.office_of(by), note=note, seen=seen)


def forget_handled(now: datetime.datetime | None = None) -> int:
    """Delete the reports whose time is over, with their steps; returns how many."""
    past = ErrorReport.objects.past_their_time(now or timezone.now())
    _rows, by_model = past.delete()
    return int(by_model.get(ErrorReport._meta.label, 0))
