"""The letters of a procedure: per language, in a federation's own words, and to the mail."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from federation import letters as outbox
from federation.models import AuditEvent, Letter, LetterText
from membership.letters.occasions import LETTERS, MEANINGS
from membership.letters.sending import (
    PLACEHOLDER,
    filled,
    letters_about,
    lost_letters,
    our_wording,
    tell,
)
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in
from tests.federation.mail_server import free_port, serving

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]
REFERENCE = "4K7P-29WX"
OWN = {
    "subject": "Comrades: {reference}",
    "body": "We have read {reference} and say yes.\n\n{link}\n\n{federation}, {site}",
}
URL = "/coordination/letters/iwa/accepted/en/"


@pytest.fixture
def post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with serving(settings.EMAIL_PORT) as post:
        yield post


def say(letter="accepted", language="en", **more):
    values = dict.fromkeys(LETTERS[letter].values)
    return tell(letter, "group@example.org", language, **{"reference": REFERENCE, **values, **more})


# --- the words ------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", LETTERS)
def test_our_words_hold_what_they_must_and_no_placeholder_that_nobody_fills_in(letter):
    occasion = LETTERS[letter]
    for language in LANGUAGES:
        subject, body = our_wording(occasion, language)
        used = set(PLACEHOLDER.findall(subject + body))
        assert set(occasion.needs) <= used <= set(occasion.placeholders)
        assert set(occasion.needs) & {"link", "code"} <= set(PLACEHOLDER.findall(body))
        assert len(subject) <= 150
        assert set(occasion.placeholders) <= MEANINGS.keys()
    sent = say(letter, link="/coordination/")
    assert not set("{}") & set(sent.subject + sent.body)
    assert not sent.body.startswith("\n")


def test_every_template_of_a_letter_has_its_occasion():
    folder = Path(settings.BASE_DIR) / "templates" / "emails" / "affiliation"
    ours = {occasion.key for occasion in LETTERS.values() if not occasion.template}
    assert {file.stem for file in folder.iterdir()} == ours


def test_a_letter_leads_to_the_page_in_its_own_language():
    for language in LANGUAGES:
        letter = say(language=language)
        prefix = "" if language == "en" else f"/{language}"
        assert f"{settings.SITE_URL}{prefix}/requests/{REFERENCE}/\n" in letter.body
        assert letter.language == language


def test_a_path_that_is_given_is_put_into_the_language_too():
    letter = say("consultation_asked", "es", link="/coordination/letters/")
    assert f"{settings.SITE_URL}/es/coordination/letters/\n" in letter.body


def test_days_are_written_as_the_language_has_them():
    until = datetime.date(2026, 3, 12)
    assert "12 March 2026" in say("question", until=until).body
    assert "12 de marzo de 2026" in say("question", "es", until=until).body.lower()
    assert "no day is set" in say("question", until=None).body


def test_a_letter_that_is_told_too_little_is_none():
    with pytest.raises(LookupError, match="until"):
        tell("question", "group@example.org", "en", reference=REFERENCE)
    with pytest.raises(KeyError):
        tell("no-such-letter", "group@example.org", "en")
    assert not Letter.objects.exists()


def test_what_stands_in_a_value_is_not_replaced_again(iwa):
    iwa.names = {"en": "The {link} of {code}"}
    subject, body = filled(("{federation}", "{unknown} {link}"), "en", iwa, {"link": "L"})
    assert subject == "The {link} of {code}"
    assert body == "{unknown} L"


# --- a federation's own words ---------------------------------------------------------------


def test_a_federation_that_wrote_a_letter_is_quoted_in_that_language_alone(iwa, asi):
    LetterText.objects.create(federation=iwa, letter="accepted", language="en", **OWN)
    letter = say(federation=iwa)
    assert letter.subject == f"Comrades: {REFERENCE}"
    assert letter.body.startswith(f"We have read {REFERENCE} and say yes.\n\nhttp")
    assert "Federation iwa, Register of Unions" in letter.body
    for other in (say(language="es", federation=iwa), say(federation=asi), say()):
        assert "Comrades" not in other.subject
    assert "Comrades" not in say("declined", federation=iwa).subject


def test_a_coordinator_writes_a_letter_sees_how_it_reads_and_goes_back(iwa, coordinator):
    client = signed_in(coordinator)
    assert "A decision on {reference}" in client.get(URL).content.decode()
    shown = client.post(URL, {**OWN, "do": "preview"})
    assert f"Comrades: {REFERENCE}" in shown.content.decode()
    assert not LetterText.objects.exists()
    assert client.post(URL, {**OWN, "do": "save"}).status_code == 302
    text = LetterText.objects.get()
    assert (text.federation, text.letter, text.language) == (iwa, "accepted", "en")
    event = AuditEvent.objects.filter(model="federation.LetterText").get()
    assert (event.action, event.fields, event.federation_slug, event.office) == (
        "change", ["body", "subject"], "iwa", "coordinator",
    )  # fmt: skip
    assert "English" in client.get("/coordination/letters/").content.decode()
    assert client.post(URL, {"do": "ours"}).status_code == 302
    assert not LetterText.objects.exists()
    assert AuditEvent.objects.filter(model="federation.LetterText").count() == 2


def test_saving_the_words_of_the_site_leaves_them_the_sites(iwa, coordinator):
    subject, body = our_wording(LETTERS["accepted"], "en")
    given = {"subject": subject, "body": body.replace("\n", "\r\n"), "do": "save"}
    assert signed_in(coordinator).post(URL, given).status_code == 302
    assert not LetterText.objects.exists()


@pytest.mark.parametrize("url", [URL, URL.replace("/en/", "/es/"), "/es" + URL])
def test_words_of_one_federation_are_nobody_elses(iwa, coordinator, outsider, secretary, url):
    operator = make.user("operator@example.org", is_superuser=True)
    for person in (outsider, secretary, operator):
        client = signed_in(person)
        for answer in (client.get(url), client.post(url, {**OWN, "do": "save"})):
            assert answer.status_code == 404
        assert client.post(url, {"do": "ours"}).status_code == 404
    assert not LetterText.objects.exists()


@pytest.mark.parametrize(
    "url", ["/coordination/letters/iwa/no_such/en/", "/coordination/letters/iwa/accepted/tlh/"]
)
def test_a_letter_or_language_that_there_is_not(iwa, coordinator, url):
    assert signed_in(coordinator).get(url).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"subject": "Yes {reference}\nBcc: all@example.org"}, "one line"),
        ({"subject": "Yes {reference}\r\n\r\nNew body"}, "one line"),
        ({"subject": "Yes {reference}\0"}, "one line"),
        ({"subject": "Yes {reference}\u2028Bcc: a@example.org"}, "one line"),
        ({"subject": ""}, "fill this in"),
        ({"subject": "x" * 151}, "150"),
        ({"subject": "Yes {name}"}, "no such placeholder: {name}"),
        ({"body": "{reference} {link} {applicant} {note}"}, "{applicant}, {note}"),
        ({"body": "{reference} {until} {link}"}, "no such placeholder: {until}"),
        ({"body": "{reference} {0.__class__} {link}"}, "Braces stand only"),
        ({"body": "{ reference } {link}"}, "Braces stand only"),
        ({"body": "No link: {reference}"}, "must stand in the letter: {link}"),
        ({"body": "None: {link}", "subject": "Yes"}, "must stand in the letter: {reference}"),
        ({"body": "{reference} {link} <b>now</b>"}, "leave out marks such as <b>"),
        ({"body": '{reference} {link} <a href="https://example.org">x</a>'}, "plain text"),
        ({"body": "{reference} {link}\x1b[31m"}, "cannot be printed"),
        ({"body": "{reference} {link} \u202egnorw"}, "cannot be printed"),
        ({"body": ""}, "fill this in"),
        ({"body": "{reference} {link}" + "x" * 5000}, "5000"),
    ],
)  # fmt: skip
def test_words_that_would_do_harm_are_refused(iwa, coordinator, wrong, why):
    answer = signed_in(coordinator).post(URL, {**OWN, **wrong, "do": "save"})
    assert answer.status_code == 200
    assert why in str(answer.context["form"].errors.as_data())
    assert not LetterText.objects.exists()


def test_an_address_between_angle_brackets_is_plain_text(iwa, coordinator):
    own = {**OWN, "body": "{reference}: see <{link}>, or 3 < 4 and 5 > 2."}
    assert signed_in(coordinator).post(URL, {**own, "do": "save"}).status_code == 302


def test_what_scripts_need_beside_letters_is_kept(iwa, coordinator):
    """Blanks that do not break, as French has them, and the joiners of Persian."""
    body = "{reference}\u202f: \u00ab\u00a0oui\u00a0\u00bb, می\u200cخواهیم\n\n{link}"
    assert signed_in(coordinator).post(URL, {**OWN, "body": body, "do": "save"}).status_code == 302
    assert LetterText.objects.get().body == body


def test_a_recipient_that_is_no_address_is_refused(iwa):
    with pytest.raises(ValidationError):
        tell("accepted", "a@example.org\nBcc: b@example.org", "en", reference=REFERENCE)


def test_markup_of_a_federation_is_shown_as_text_in_the_preview(iwa, coordinator):
    iwa.names = {"en": "<script>alert(1)</script>"}
    iwa.save()
    answer = signed_in(coordinator).post(URL, {**OWN, "do": "preview"}).content.decode()
    assert "<script>alert(1)" not in answer
    assert "&lt;script&gt;alert(1)" in answer


# --- to the mail server, and back -----------------------------------------------------------


def test_letters_go_out_in_their_languages_and_in_own_words(post, iwa):
    LetterText.objects.create(federation=iwa, letter="accepted", language="ar", **OWN)
    for language in ("en", "es", "ar"):
        say(language=language, federation=iwa)
    assert outbox.deliver_due() == (3, 0)
    subjects = {str(sent["Subject"]) for sent in post.messages}
    own, ours = f"Comrades: {REFERENCE}", f"A decision on {REFERENCE}"
    assert {own, ours} < subjects
    assert len(subjects) == 3
    [arabic] = [sent for sent in post.messages if sent["Subject"] == own]
    assert "/ar/requests/" in arabic.get_content()


def test_a_letter_that_came_back_is_shown_at_the_desk_without_its_address(post, iwa, coordinator):
    request = workflow.submit_request(make.request(iwa))
    Letter.objects.all().delete()
    say(reference=request.reference, federation=iwa)
    post.refusals = ["550 <group@example.org> is unknown"]
    outbox.deliver_due()
    [told] = letters_about(request.reference)
    assert (told.state, told.is_lost, str(told.name)) == ("returned", True, "Accepted")
    page = signed_in(coordinator).get("/coordination/letters/").content.decode()
    assert request.reference in page
    assert "came back on" in page
    assert "group@example.org" not in page


def test_letters_of_others_that_came_back_are_not_shown(iwa, coordinator, outsider):
    request = workflow.submit_request(make.request(iwa))
    Letter.objects.update(state="returned")
    assert {told.reference for told in lost_letters(coordinator)} == {request.reference}
    assert lost_letters(outsider) == []
    assert "came back" not in signed_in(outsider).get("/coordination/letters/").content.decode()


def test_codes_are_no_news_for_the_desk(iwa):
    for letter in ("code", "draft_code", "question"):
        say(letter, federation=iwa, **({"until": None} if letter == "question" else {"code": "1"}))
    assert [str(told.name) for told in letters_about(REFERENCE)] == ["Question"]
    assert letters_about("") == []


def test_letters_that_fared_alike_are_told_of_once(iwa):
    for _person in range(3):
        say("waiting", federation=iwa)
    told = letters_about(REFERENCE)
    assert [(str(one.name), one.state, one.number) for one in told] == [
        ("Something waits", "queued", 3)
    ]
    Letter.objects.filter(pk=Letter.objects.first().pk).update(state="returned")
    assert sorted((one.state, one.number) for one in letters_about(REFERENCE)) == [
        ("queued", 2), ("returned", 1),
    ]  # fmt: skip
