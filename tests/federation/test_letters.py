"""The outbox: what a letter holds, and that a real mail server gets it once, whatever happens."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from federation import letters
from federation.accounts import NEW_PASSWORD, send_password_letter, tell
from federation.models import Letter
from membership import joining
from membership.requests import workflow
from tests import make
from tests.federation.mail_server import free_port, serving
from tests.race import together

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def port(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    return settings.EMAIL_PORT


@pytest.fixture
def post(port):
    with serving(port) as post:
        yield post


def queue(number=1):
    return [
        letters.queue("code", f"person{at}@example.org", "en", code="123456", reference="X")
        for at in range(number)
    ]


def state():
    return list(Letter.objects.order_by("queued_at").values_list("state", "attempts", "error"))


# --- what a letter is -----------------------------------------------------------------------


def test_a_letter_takes_its_subject_from_the_first_line_and_speaks_its_language(db):
    letter = letters.queue("code", "person@example.org", "es", code="123456", reference="X")
    assert "123456" in letter.subject
    assert "\n" not in letter.subject
    assert letter.language == "es"
    assert letter.message_id.endswith("@localhost>")


def test_a_language_that_the_site_has_not_is_written_to_in_its_own(db):
    assert letters.queue("code", "p@example.org", "tlh", code="1", reference="X").language == "en"


def test_nothing_of_a_letter_is_readable_in_the_database(db):
    letters.queue("code", "person@example.org", "en", code="987654", reference="Canary")
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, subject, body, error FROM federation_letter")
        kept = str(cursor.fetchall())
    assert not [word for word in ("person", "987654", "Canary", "code") if word in kept]


def test_a_letter_is_taken_back_with_what_it_tells(db):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "a@example.org\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "a@b\0.org",
    ],
)
def test_a_recipient_that_is_no_address_is_refused(recipient):
    with pytest.raises(ValidationError):
        letters.queue("code", recipient, "en", code="1", reference="X")
    assert not Letter.objects.exists()


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_the_subject(text):
    letter = Letter(message_id="<x@example.org>")
    letter.subject = letters.one_line(text)
    message = letters.message_of(letter, None).message()
    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding",
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
    }  # fmt: skip


def test_no_letter_of_any_procedure_names_a_person_or_an_organisation(
    local, coordinator, secretary
):
    iwa = local.affiliations.get().federation
    request = workflow.submit_request(make.request(iwa, name="Canary Union"))
    workflow.ask_back(request, by=coordinator, note="Who is Ola Canary?")
    workflow.answer(request, note="Kim Canary.")
    workflow.decline(request, by=coordinator, note="No Canary.")
    application = joining.submit_application(make.application(local))
    joining.accept_application(application, by=secretary)
    send_password_letter(secretary.email, "en")
    tell(NEW_PASSWORD, secretary)
    call_command("invite", "canary@example.org", "--organisation", local.slug)
    texts = [letter.subject + letter.body for letter in Letter.objects.all()]
    assert len(texts) >= 9
    assert not [text for text in texts if re.search("canary|@|Örestad", text, re.IGNORECASE)]


# --- delivery -------------------------------------------------------------------------------


def test_letters_are_delivered_once(post):
    made = queue(3)
    assert letters.deliver_due() == (3, 0)
    assert letters.deliver_due() == (0, 0)
    assert sorted(post.ids) == sorted(letter.message_id for letter in made)
    assert sorted(post.recipients) == [f"person{at}@example.org" for at in range(3)]
    assert post.messages[0]["Auto-Submitted"] == "auto-generated"
    assert {letter.state for letter in Letter.objects.all()} == {"sent"}


def test_a_letter_refused_for_now_is_sent_later(post):
    post.refusals = ["451 try later"]
    queue()
    assert letters.deliver_due() == (0, 1)
    assert state() == [("queued", 1, "SMTPDataError")]
    assert letters.deliver_due() == (0, 0)
    assert letters.deliver_due(timezone.now() + 3 * MINUTE) == (1, 0)
    assert len(post.messages) == 1


def test_a_refused_letter_does_not_hold_up_the_next(post):
    post.refusals = ["451 try later"]
    queue(3)
    assert letters.deliver_due() == (2, 1)


def test_a_dropped_connection_loses_nothing(post):
    post.refusals = ["drop"]
    queue(3)
    assert letters.deliver_due() == (0, 1)
    assert letters.deliver_due() == (2, 0)
    assert letters.deliver_due(timezone.now() + 3 * MINUTE) == (1, 0)
    assert len(set(post.ids)) == 3


def test_while_the_server_is_down_letters_wait_and_then_go_out(port):
    queue(3)
    assert letters.deliver_due() == (0, 1)
    assert sorted(state()) == [("queued", 0, "")] * 2 + [("queued", 1, "ConnectionRefusedError")]
    assert Letter.objects.filter(due_at__gt=timezone.now() + MINUTE).count() == 1
    with serving(port) as post:
        assert letters.deliver_due(timezone.now() + 3 * MINUTE) == (3, 0)
        assert len(set(post.ids)) == 3


def test_the_wait_grows_to_an_hour_and_ends_after_days(port):
    queue()
    waits = []
    for _try in range(8):
        letters.deliver_due(timezone.now() + datetime.timedelta(days=1))
        waits.append(round((Letter.objects.get().due_at - timezone.now()) / MINUTE))
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    Letter.objects.update(queued_at=timezone.now() - datetime.timedelta(days=6))
    letters.deliver_due(timezone.now() + datetime.timedelta(days=1))
    assert Letter.objects.get().state == "failed"


def test_the_log_of_a_failure_names_no_recipient(post, caplog):
    post.refusals = ["550 <person0@example.org> is unknown here"]
    queue()
    letters.deliver_due()
    ours = [record.getMessage() for record in caplog.records if "federation" in record.name]
    assert len(ours) == 1
    assert "person0" not in ours[0]
    assert Letter.objects.get().error == "SMTPDataError"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_letter_once(post):
    queue(20)
    outcomes = together(4, lambda _number: letters.deliver_due())
    assert sum(sent for sent, _put_off in outcomes) == 20
    assert len(post.ids) == len(set(post.ids)) == 20


def test_a_letter_in_the_hands_of_one_worker_is_not_taken_by_another(post):
    [letter] = queue()
    assert letters._take(Letter.objects.get(pk=letter.pk))
    assert not letters._take(letter)
    assert letters.deliver_due() == (0, 0)
    assert letters.deliver_due(timezone.now() + 6 * MINUTE) == (1, 0)


def test_sent_letters_are_forgotten_after_a_month(post):
    queue(2)
    letters.deliver_due()
    queue()
    assert letters.forget_old(timezone.now() + datetime.timedelta(days=29)) == 0
    assert letters.forget_old(timezone.now() + datetime.timedelta(days=31)) == 2
    assert Letter.objects.get().state == "queued"
