"""Letters: queued in the transaction of what they tell, delivered by the worker (control C38).

A letter names no person and no organisation: it says that there is news about a reference,
and where to read it. Delivery is at least once with a fixed Message-ID; a letter is taken
by a conditional update, so that two workers do not send the same one.
"""

import datetime
import logging
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from federation.models import Letter

log = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=5)
GIVE_UP_AFTER = 20


def queue(template: str, recipient: str, language: str, **context: Any) -> Letter:
    """Put the letter `emails/<template>.txt` into the outbox, in the caller's transaction.

    The first line of the template is the subject.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        context = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context}
        text = render_to_string(f"emails/{template}.txt", context).strip()
    subject, _newline, body = text.partition("\n")
    return Letter.objects.create(
        recipient=recipient,
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        language=language or settings.LANGUAGE_CODE,
        message_id=make_msgid(domain=settings.MAIL_DOMAIN),
    )


def deliver_due(now: datetime.datetime | None = None) -> tuple[int, int]:
    """Send what is due; returns (sent, put off). A dead mail server puts letters off, no more."""
    sent = put_off = 0
    connection = get_connection(timeout=20)
    for letter in Letter.objects.filter(
        state=Letter.State.QUEUED, due_at__lte=now or timezone.now()
    ).order_by("due_at")[:200]:
        if not _take(letter):
            continue
        if _send(letter, connection):
            sent += 1
        else:
            put_off += 1
    connection.close()
    return sent, put_off


def _take(letter: Letter) -> bool:
    """Lease the letter: should this process die, it falls due again when the lease ends."""
    with transaction.atomic():
        taken = Letter.objects.filter(
            pk=letter.pk, state=Letter.State.QUEUED, due_at=letter.due_at, attempts=letter.attempts
        ).update(due_at=timezone.now() + LEASE, attempts=letter.attempts + 1)
    letter.attempts += 1
    return bool(taken)


def _send(letter: Letter, connection: Any) -> bool:
    message = EmailMessage(
        letter.subject,
        letter.body,
        settings.DEFAULT_FROM_EMAIL,
        [letter.recipient],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - one letter that cannot be sent must not hold the others
        _put_off(letter, error)
        return False
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.SENT, sent_at=timezone.now(), error="")
    return True


def _put_off(letter: Letter, error: Exception) -> None:
    """Try again later, each time waiting longer, up to six hours; give up after some days."""
    wait = min(datetime.timedelta(minutes=2**letter.attempts), datetime.timedelta(hours=6))
    given_up = letter.attempts >= GIVE_UP_AFTER
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.FAILED if given_up else Letter.State.QUEUED,
        due_at=timezone.now() + wait,
        error=type(error).__name__,
    )
    # The server's answer may name the recipient: the kind of error is all that is logged.
    log.warning("letter %s not sent: %s", letter.pk, type(error).__name__)
