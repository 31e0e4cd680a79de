"""Letters: queued in the transaction of what they tell, delivered by the worker (control C38).

A letter names no person and no organisation: it says that there is news about a reference,
and where to read it. Delivery is at least once, with a Message-ID given once; a letter is
taken by a conditional update, so that two workers do not send the same one.
"""

import datetime
import logging
import smtplib
from collections.abc import Callable
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from federation.models import Letter

log = logging.getLogger(__name__)

SERVER_ANSWERS_WITHIN = 20  # seconds
LEASE = datetime.timedelta(minutes=5)
LONGEST_WAIT = datetime.timedelta(hours=1)
GIVE_UP_AFTER = datetime.timedelta(days=5)
KEPT = datetime.timedelta(days=30)
AT_A_TIME = 20
LONGEST_SUBJECT = 200
NEVER = 500  # from here on the answers of a mail server are final


def queue(template: str, recipient: str, language: str, **context: Any) -> Letter:
    """Put the letter `emails/<template>.txt` into the outbox, in the caller's transaction.

    The first line of the template is the subject. Raises ValidationError if the recipient
    is no address.
    """
    validate_email(recipient)
    language = spoken(language)
    subject, body = rendered(template, language, **context)
    about = str(context.get("reference", ""))
    return enqueue(recipient, language, subject, body, template=template, about=about)


def rendered(template: str, language: str, **context: Any) -> tuple[str, str]:
    """Subject and body of `emails/<template>.txt` in the language."""
    with translation.override(language):
        context = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context}
        text = render_to_string(f"emails/{template}.txt", context).strip()
    subject, _newline, body = text.partition("\n")
    return one_line(subject), body.strip()


def enqueue(
    recipient: str, language: str, subject: str, body: str, *, template: str, about: str = ""
) -> Letter:
    """Put a letter that is written already into the outbox, in the caller's transaction.

    `template` tells which letter it is, `about` the reference that it concerns. Raises
    ValidationError if the recipient is no address.
    """
    validate_email(recipient)
    return Letter.objects.create(
        recipient=recipient,
        subject=one_line(subject)[:LONGEST_SUBJECT],
        body=body.strip() + "\n",
        language=language,
        template=template,
        about=about,
        message_id=make_msgid(domain=settings.MAIL_DOMAIN),
    )


def one_line(text: str) -> str:
    """The text as it may stand in a header: no line break, no control character."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def spoken(language: str) -> str:
    """The language, if the site speaks it: a letter leads to pages in its own language."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def deliver_due(
    now: datetime.datetime | None = None, *, stop: Callable[[], bool] = lambda: False
) -> tuple[int, int]:
    """Send what is due, a few at a time; returns (sent, put off). Returned ones are neither.

    A mail server that cannot be reached puts off one letter and ends the round: the others
    need not find out one by one. `stop` is asked before each letter.
    """
    sent = put_off = 0
    connection = get_connection(timeout=SERVER_ANSWERS_WITHIN)
    due = Letter.objects.filter(state=Letter.State.QUEUED, due_at__lte=now or timezone.now())
    for letter in due.order_by("due_at")[:AT_A_TIME]:
        if stop():
            break
        if not _take(letter):
            continue
        problem = _send(letter, connection)
        if problem is None:
            sent += 1
            continue
        if _is_refused_for_good(problem):
            returned(Letter.objects.filter(pk=letter.pk), type(problem).__name__)
            continue
        put_off += 1
        _put_off(letter, problem)
        connection.close()
        if _is_unreachable(problem):
            break
    connection.close()
    return sent, put_off


def forget_old(now: datetime.datetime | None = None) -> int:
    """Remove letters that were sent, or given up, a month ago; returns how many."""
    before = (now or timezone.now()) - KEPT
    done = Letter.objects.exclude(state=Letter.State.QUEUED).filter(due_at__lt=before)
    return int(done.delete()[0])


def returned(found: QuerySet[Letter], why: str) -> int:
    """Note that the letters came back: they are not tried again. How many had not been noted."""
    found = found.exclude(state=Letter.State.RETURNED)
    number = found.update(state=Letter.State.RETURNED, returned_at=timezone.now(), error=why)
    if number:
        log.warning("%s letter(s) came back: %s", number, why)
    return number


def _take(letter: Letter) -> bool:
    """Lease the letter: should this process die, it falls due again when the lease ends."""
    with transaction.atomic():
        taken = Letter.objects.filter(
            pk=letter.pk, state=Letter.State.QUEUED, due_at=letter.due_at, attempts=letter.attempts
        ).update(due_at=timezone.now() + LEASE, attempts=letter.attempts + 1)
    letter.attempts += 1
    return bool(taken)


def _send(letter: Letter, connection: Any) -> Exception | None:
    """Hand the letter to the mail server; what went wrong, if anything did."""
    try:
        connection.open()
        message_of(letter, connection).send()
    except Exception as problem:  # noqa: BLE001 - a letter that cannot be sent must not hold others
        return problem
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.SENT, sent_at=timezone.now(), error=""
    )
    return None


def message_of(letter: Letter, connection: Any) -> EmailMessage:
    return EmailMessage(
        letter.subject,
        letter.body,
        settings.DEFAULT_FROM_EMAIL,
        [letter.recipient],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def _is_unreachable(problem: Exception) -> bool:
    """Whether it is the server that fails, and not this letter that it does not take."""
    if isinstance(problem, smtplib.SMTPException):
        return isinstance(problem, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError)
    return isinstance(problem, OSError)


def _is_refused_for_good(problem: Exception) -> bool:
    """Whether the server says of this letter that trying again is no use (RFC 5321, 4.2.1).

    A refusal of our own address or password is no such thing: that can be mended here.
    """
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= NEVER for code, _text in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= NEVER


def _put_off(letter: Letter, problem: Exception) -> None:
    """Try again later, each time waiting longer, up to an hour; give up after some days."""
    now = timezone.now()
    wait = min(datetime.timedelta(minutes=2 ** min(letter.attempts, 10)), LONGEST_WAIT)
    given_up = now - letter.queued_at > GIVE_UP_AFTER
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.FAILED if given_up else Letter.State.QUEUED,
        due_at=now + wait,
        error=type(problem).__name__,
    )
    # The server's answer may name the recipient: the kind of error is all that is logged.
    log.warning("letter %s not sent: %s", letter.pk, type(problem).__name__)
