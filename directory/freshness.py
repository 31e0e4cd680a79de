"""Is it still so? Once a year an organisation is asked by mail whether its entry is right.

Its secretaries are asked, else its public role mailbox; where there is neither, the entry is
only marked as overdue. The letter leads to a page with one button: opening it changes nothing.
"""

import contextlib
import datetime

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone, translation

from directory.entries import Entry
from directory.models import Organisation, PublicContact
from directory.models.keepers import secretaries_of
from federation import letters

ASKED_AFTER = datetime.timedelta(days=365)
OVERDUE_AFTER = datetime.timedelta(days=396)  # thirteen months: the letter was left a month ago
NOT_AGAIN_WITHIN = datetime.timedelta(days=335)
LINK_LASTS = datetime.timedelta(days=60)
AT_A_TIME = 50  # each hour: enough for a hundred thousand entries a year
SALT = "directory.freshness"


def is_overdue(entry: Entry | Organisation, today: datetime.date) -> bool:
    """Whether nobody has said for more than a year, or ever, that the entry is right.

    What is dissolved does not change any more.
    """
    if entry.dissolved:
        return False
    return entry.verified_on is None or entry.verified_on < today - OVERDUE_AFTER


def overdue(
    organisations: "QuerySet[Organisation]", today: datetime.date
) -> "QuerySet[Organisation]":
    """The same question, asked of rows."""
    late = Q(verified_on=None) | Q(verified_on__lt=today - OVERDUE_AFTER)
    return organisations.filter(late, dissolved="")


# --- asking ---------------------------------------------------------------------------------


def due(today: datetime.date) -> "QuerySet[Organisation]":
    """Those to be asked now, who have somebody to ask; the longest unconfirmed first."""
    told = Coalesce("verified_on", TruncDate("created_at"))
    found: QuerySet[Organisation] = Organisation.objects.annotate(told=told).filter(
        Q(asked_on=None) | Q(asked_on__lt=today - NOT_AGAIN_WITHIN),
        Q(pk__in=Organisation.objects.with_secretary().values("pk")) | Exists(_mailboxes()),
        told__lt=today - ASKED_AFTER,
        visibility__in=Organisation.OPEN,
        dissolved="",
    )
    return found.order_by(F("told").asc(), "pk")


def _mailboxes() -> "QuerySet[PublicContact]":
    """Role mailboxes of the organisation at hand, unless it has withdrawn them."""
    shielded = Q(organisation__visibility__in=Organisation.SHIELDS)
    rows: QuerySet[PublicContact] = PublicContact.objects.filter(
        ~shielded, organisation=OuterRef("pk"), kind=PublicContact.Kind.EMAIL, is_role=True
    )
    return rows


def ask_due(today: datetime.date | None = None, at_a_time: int = AT_A_TIME) -> int:
    """Ask a few of those that are due; returns how many."""
    day = today or timezone.localdate()
    return sum(_ask(organisation, day) for organisation in due(day)[:at_a_time])


@transaction.atomic
def _ask(organisation: Organisation, today: datetime.date) -> bool:
    """Queue the question, unless another worker has just done so."""
    rows = Organisation.objects.filter(pk=organisation.pk, asked_on=organisation.asked_on)
    if not rows.update(asked_on=today):
        return False
    for address, language in _recipients(organisation):
        path = confirmation_path(organisation, today, language)
        # What somebody imported may be no address: the others are asked all the same.
        with contextlib.suppress(ValidationError):
            letters.queue("yearly", address, language, path=path)
    return True


def _recipients(organisation: Organisation) -> list[tuple[str, str]]:
    """Address and language of those who are asked."""
    people = [(person.email, person.language) for person in secretaries_of(organisation)]
    if people or organisation.is_shielded:
        return people
    kind = PublicContact.Kind.EMAIL
    mailboxes = PublicContact.objects.filter(organisation=organisation, kind=kind, is_role=True)
    return [(contact.value, organisation.language) for contact in mailboxes]


# --- answering ------------------------------------------------------------------------------


def confirmation_path(organisation: Organisation, asked_on: datetime.date, language: str) -> str:
    """The page with the button, for whoever holds the letter."""
    token = signing.dumps([organisation.pk, asked_on.isoformat()], salt=SALT)
    with translation.override(letters.spoken(language)):
        page = reverse("membership:confirm_entry", args=[organisation.slug])
    return f"{page}?token={token}"


def asked_by(organisation: Organisation, token: str) -> datetime.date | None:
    """The day of the question that the token answers, if it is the newest and not too old."""
    try:
        key, day = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    asked_on = organisation.asked_on
    is_newest = asked_on is not None and (organisation.pk, asked_on.isoformat()) == (key, day)
    return asked_on if is_newest else None


def is_answered(organisation: Organisation, asked_on: datetime.date) -> bool:
    """Whether somebody has confirmed the entry since it was asked."""
    return organisation.verified_on is not None and organisation.verified_on >= asked_on


def confirm(organisation: Organisation, today: datetime.date | None = None) -> Organisation:
    """From today on the entry is known to be right. Within the caller's transaction."""
    row: Organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    row.verified_on = today or timezone.localdate()
    row.save()
    return row
