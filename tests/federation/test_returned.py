"""Letters that come back: refused at once by the mail server, or told of in a notice later."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation import letters
from federation.management.commands.returned import LARGEST, read
from federation.models import Letter
from tests.federation.mail_server import free_port, serving

pytestmark = pytest.mark.django_db

NOTICE = """\
Return-Path: <>
From: MAILER-DAEMON@mail.example.org
To: register@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"
Message-ID: <its-own@mail.example.org>

--=_b
Content-Type: text/plain

I could not deliver it.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; canary@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <canary@example.org> unknown

--=_b
Content-Type: {enclosed}

From: register@example.org
To: canary@example.org
Subject: Your code
Message-ID: {message_id}

--=_b--
"""


@pytest.fixture
def post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with serving(settings.EMAIL_PORT) as post:
        yield post


@pytest.fixture
def letter(db):
    made = letters.queue("code", "canary@example.org", "en", code="123456", reference="4K7P-29WX")
    Letter.objects.update(state="sent")
    return made


def notice(letter, action="failed", enclosed="message/rfc822", message_id=None):
    return NOTICE.format(
        action=action, enclosed=enclosed, message_id=message_id or letter.message_id
    ).encode()


def returned(monkeypatch, given, *arguments):
    """What the command prints when the notice is piped in."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    said = io.StringIO()
    call_command("returned", *arguments, stdout=said)
    return said.getvalue()


# --- refused at once ------------------------------------------------------------------------


def states():
    return list(Letter.objects.order_by("queued_at").values_list("state", "error"))


def queue():
    return letters.queue("code", "canary@example.org", "en", code="123456", reference="X")


def test_a_letter_refused_for_good_comes_back_at_once_and_is_not_tried_again(post):
    post.refusals = ["550 no such mailbox"]
    queue()
    assert letters.deliver_due() == (0, 0)
    assert states() == [("returned", "SMTPDataError")]
    assert Letter.objects.get().returned_at
    assert letters.deliver_due() == (0, 0)
    assert post.messages == []


def test_so_does_one_whose_recipient_is_refused(post):
    async def unknown(_server, _session, _envelope, _address, _options):
        return "550 no such mailbox"

    post.handle_RCPT = unknown
    queue()
    assert letters.deliver_due() == (0, 0)
    assert states() == [("returned", "SMTPRecipientsRefused")]


def test_a_recipient_who_is_refused_for_now_is_tried_again(post):
    async def busy(_server, _session, _envelope, _address, _options):
        return "450 try later"

    post.handle_RCPT = busy
    queue()
    assert letters.deliver_due() == (0, 1)
    assert states() == [("queued", "SMTPRecipientsRefused")]


def test_a_server_that_does_not_take_our_own_address_returns_nothing(post):
    """That is ours to mend, and no fault of the letters."""

    async def not_from_you(_server, _session, _envelope, _address, _options):
        return "550 we take nothing from you"

    post.handle_MAIL = not_from_you
    queue()
    assert letters.deliver_due() == (0, 1)
    assert states() == [("queued", "SMTPSenderRefused")]


def test_a_refusal_does_not_hold_up_the_next(post):
    post.refusals = ["550 no such mailbox"]
    for _letter in range(3):
        queue()
    assert letters.deliver_due() == (2, 0)


# --- told of later --------------------------------------------------------------------------


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_notice_marks_its_letter_once(monkeypatch, letter, enclosed, ends):
    given = notice(letter, enclosed=enclosed).replace(b"\n", ends)
    assert returned(monkeypatch, given) == "Letters marked as returned: 1.\n"
    assert Letter.objects.get().state == "returned"
    first = Letter.objects.get().returned_at
    assert returned(monkeypatch, given) == "Letters marked as returned: 0.\n"
    assert Letter.objects.get().returned_at == first


def test_its_report_names_the_reference_and_nobody(monkeypatch, letter):
    report = returned(monkeypatch, notice(letter), "--format", "json")
    assert json.loads(report) == {
        "action": "failed", "dry_run": False, "returned": 1,
        "letters": [{"about": "4K7P-29WX", "letter": "code"}],
    }  # fmt: skip


def test_a_dry_run_changes_nothing(monkeypatch, letter):
    said = returned(monkeypatch, notice(letter), "--dry-run")
    assert said == "Letters that would be marked as returned: 1.\n"
    assert Letter.objects.get().state == "sent"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_notice_of_something_else_changes_nothing(monkeypatch, letter, action):
    said = returned(monkeypatch, notice(letter, action=action))
    assert said == f"The notice says “{action}”: nothing is to be done.\n"
    assert Letter.objects.get().state == "sent"


def test_a_folded_message_id_is_found(monkeypatch, letter):
    given = notice(letter, message_id=f"\n {letter.message_id}")
    assert returned(monkeypatch, given).endswith(": 1.\n")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "no delivery status notification"),
        (b"\0" * 1000, "no delivery status notification"),
        (b"From: a@example.org\nSubject: Out of office\n\nI am away.", "no delivery status"),
        (b"Content-Type: multipart/report; report-type=\xff\n\nAction: failed", "no delivery"),
        (b"a" * (LARGEST + 1), "larger than a megabyte"),
        (
            b"Content-Type: multipart/report; report-type=delivery-status\n\nAction: \xff",
            "of no address",
        ),
    ],
)
def test_what_is_no_notice_is_refused_in_one_line(monkeypatch, letter, given, why):
    with pytest.raises(CommandError, match=why) as refused:
        returned(monkeypatch, given)
    assert "\n" not in str(refused.value)
    assert refused.value.returncode == 1
    assert Letter.objects.get().state == "sent"


def test_a_notice_about_somebody_elses_letter_is_refused(monkeypatch, letter):
    given = notice(letter, message_id="<another@example.org>")
    with pytest.raises(CommandError, match="names no letter of ours"):
        returned(monkeypatch, given)
    # A letter that merely mentions ours in its head is none about it.
    mention = b"In-Reply-To: " + letter.message_id.encode() + b"\n\nhello"
    with pytest.raises(CommandError, match="no delivery status notification"):
        returned(monkeypatch, mention)
    assert Letter.objects.get().state == "sent"


def test_parts_nested_ten_thousand_deep_are_read_in_passing(monkeypatch, letter):
    nested = b"".join(
        b"--%d\nContent-Type: multipart/mixed; boundary=%d\n\n" % (at, at + 1)
        for at in range(10_000)
    )
    head, blank, body = notice(letter).partition(b"\n\n")
    assert returned(monkeypatch, head + blank + nested + body).endswith(": 1.\n")


HEAD = b"Content-Type: multipart/report; report-type=delivery-status\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.binary(max_size=300))
@example(HEAD + b"\nAction: failed\nMessage-ID: <" + b"a" * 5000)
@example(HEAD + b"\nMessage-ID:" + b"\n " * 5000)
def test_nothing_that_is_piped_in_makes_it_stumble(given_bytes):
    for given_ in (given_bytes, HEAD + given_bytes, HEAD + b"\n" + given_bytes):
        try:
            action, ids = read(given_)
        except CommandError:
            continue
        assert action.islower()
        assert len(ids) <= 20
