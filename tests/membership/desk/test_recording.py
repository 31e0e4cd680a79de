"""Recording decisions at the desk: filled in, previewed in words, recorded, corrected."""

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import decisions
from directory.models import Affiliation, Decision, Effect, Organisation
from federation.models import AuditEvent, Federation, StoredFile
from membership.models import Proceeding
from membership.proceedings.opening import open_proceeding
from tests import make
from tests.conftest import signed_in
from tests.race import together

DAY = datetime.date(2020, 5, 1)
LIST = "/coordination/decisions/"
NEW = "/coordination/decisions/new/?federation=iwa"


@pytest.fixture
def desk(coordinator: Any) -> Any:
    return signed_in(coordinator)


@pytest.fixture
def cooks(iwa: Federation) -> Organisation:
    made = make.organisation("Cooks", "SE", acronym="CKS")
    make.affiliation(made, iwa, "friend")
    return made


def form(*effects: dict[str, str], do: str = "record", **words: Any) -> dict[str, Any]:
    sent = {"do": do, "body": "congress", "decided_on": "2020-05-01"} | words
    sent |= {"effects-TOTAL_FORMS": str(len(effects)), "effects-INITIAL_FORMS": "0"}
    for index, effect in enumerate(effects):
        sent |= {f"effects-{index}-{name}": value for name, value in effect.items()}
    return sent


CHANGE = {"kind": "change", "organisation": "Cooks", "status": "section", "on": "2045-01-01"}


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return unescape(re.sub(r"\s+", " ", text))


def hidden(response: Any) -> dict[str, str]:
    """What the page would send again."""
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()
    )
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_decision_is_previewed_in_words_and_then_recorded(desk, cooks):
    page = desk.post(NEW, form(CHANGE, do="preview", reference="7"))
    assert "Cooks Friend becomes Section from" in words(page)
    assert "2045" in words(page)
    assert "Nothing is recorded yet." in words(page)
    assert not Decision.objects.exists()
    answer = desk.post(NEW, hidden(page) | {"do": "record"})
    made = Decision.objects.get()
    assert answer.url == f"{LIST}{made.pk}/"
    assert (made.body, made.reference, made.decided_on) == ("congress", "7", DAY)
    assert [bond.status.slug for bond in Affiliation.objects.order_by("begins")] == [
        *("friend", "section")
    ]
    shown = words(desk.get(answer.url))
    assert made.entry.hash in shown
    assert "Cooks Friend becomes Section" in shown
    event = AuditEvent.objects.get(model="directory.Decision")
    assert (event.office, event.federation_slug) == ("coordinator", "iwa")


def test_who_passes_an_open_procedure_by_is_told(desk, iwa, cooks, coordinator):
    other = make.organisation("Bakers", "SE")
    make.affiliation(other, iwa, "friend")
    gone = {"kind": "end", "organisation": "Cooks", "reason": "expulsion"}
    assert "is still open" not in words(desk.post(NEW, form(gone, do="preview")))
    for organisation in (cooks, other):
        proceeding = open_proceeding(
            federation=iwa, organisation=organisation, kind="expulsion", by=coordinator,
            grounds="A picket line.",
        )  # fmt: skip
    own, others = Proceeding.objects.get(organisation=cooks), proceeding
    shown = words(desk.post(NEW, form(gone, do="preview")))
    assert f"{own.reference} about this organisation is still open" in shown
    assert others.reference not in shown


def test_nothing_is_asked_twice_when_one_goes_back(desk, cooks):
    page = desk.post(NEW, form(CHANGE, do="preview", texts_0="", place="Örebro"))
    back = desk.post(NEW, hidden(page) | {"do": "edit"})
    text = back.content.decode()
    assert 'value="Örebro"' in text
    assert 'value="Cooks"' in text
    assert "error" not in back.context["form"].errors
    assert len(back.context["effects"].forms) == 2


def test_another_organisation_is_added_without_losing_what_was_written(desk, cooks):
    page = desk.post(NEW, form(CHANGE, do="add", place="Örebro", body=""))
    assert len(page.context["effects"].forms) == 2
    assert 'value="Örebro"' in page.content.decode()
    assert "There is a problem" not in words(page)


def test_a_decision_may_do_several_things_or_none(desk, iwa, cooks):
    make.affiliation(make.organisation("Bakers"), iwa)
    gone = {"kind": "end", "organisation": "bakers", "reason": "expulsion"}
    assert desk.post(NEW, form(CHANGE, gone, {"kind": ""})).status_code == 302
    assert desk.post(NEW, form(reference="8")).status_code == 302
    assert [made.effects.count() for made in Decision.objects.order_by("pk")] == [2, 0]
    ended = Affiliation.objects.get(end_reason="expulsion")
    assert ended.until == DAY


def test_what_is_left_out_does_not_happen(desk, cooks):
    desk.post(NEW, form(CHANGE | {"DELETE": "on"}, reference="7"))
    assert Decision.objects.get().effects.count() == 0


def test_what_the_register_refuses_is_said_beside_it(desk, iwa, cooks):
    for do in ("preview", "record"):
        page = desk.post(NEW, form(CHANGE | {"status": "friend", "on": ""}, do=do))
        assert "already has this status" in words(page)
        assert page.context["effects"].forms[0].errors
    iwa.statuses.filter(slug="section").update(is_one_per_country=True)
    make.affiliation(make.organisation("Bakers", "SE"), iwa)
    page = desk.post(NEW, form(CHANGE))
    assert "in this one there is Bakers already" in str(page.context["effects"].forms[0].errors)
    assert desk.post(NEW, form(CHANGE | {"waiver": "Both agreed."})).status_code == 302


@pytest.mark.parametrize(
    ("effect", "field"),
    [
        ({"organisation": "Nobody at all"}, "organisation"),
        ({"organisation": ""}, "organisation"),
        ({"kind": ""}, "kind"),
        ({"kind": "marry"}, "kind"),
        ({"status": "theirs"}, "status"),
        ({"on": "1.1.2045"}, "on"),
        ({"status": ""}, "status"),
        ({"kind": "end"}, "reason"),
        ({"organisation": "C" * 5000}, "organisation"),
    ],
)
def test_what_is_missing_or_wrong_is_told(desk, asi, cooks, effect, field):
    make.status(asi, "observer", slug="theirs")
    page = desk.post(NEW, form(CHANGE | effect))
    assert field in page.context["effects"].forms[0].errors
    assert not Decision.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "-1", "9999999", "51"])
def test_a_wrong_number_of_effects_is_no_error(desk, cooks, total):
    assert desk.post(NEW, form(CHANGE) | {"effects-TOTAL_FORMS": total}).status_code == 200
    assert not Decision.objects.exists()


def test_an_organisation_is_found_by_any_name_or_its_address(desk, cooks):
    for name in ("cooks", "CKS", "https://testserver/organisations/cooks/?x=1"):
        page = desk.post(NEW, form(CHANGE | {"organisation": name}, do="preview"))
        assert page.context["told"][0].organisation.slug == "cooks", name


def test_where_several_are_called_so_the_address_is_asked_for(desk, iwa, cooks):
    make.organisation("Cooks", "FR", slug="cooks-of-france")
    page = desk.post(NEW, form(CHANGE))
    assert "Several are called so." in words(page)
    assert desk.post(NEW, form(CHANGE | {"organisation": "cooks"})).status_code == 302


def test_an_organisation_that_the_person_may_not_see_is_not_found(desk, iwa):
    make.organisation("Hidden", visibility="proposed")
    page = desk.post(NEW, form({"kind": "admit", "organisation": "Hidden", "status": "friend"}))
    assert "No organisation in the directory has this name or address." in words(page)


# --- the document ---------------------------------------------------------------------------


def minutes(content: bytes = b"") -> SimpleUploadedFile:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
        "0000000a49444154789c63f80f00010101001bb6ee560000000049454e44ae426082"
    )
    return SimpleUploadedFile("minutes.png", content or png)


def test_a_document_is_kept_with_the_decision(desk, cooks):
    sent = form(CHANGE) | {"document": minutes(), "document_is_public": ""}
    answer = desk.post(NEW, sent)
    made = Decision.objects.get()
    assert (made.document.media_type, made.document_is_public) == ("image/png", False)
    response = desk.get(f"{answer.url}document/")
    assert "attachment" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert AuditEvent.objects.get(action="read").fields == ["document"]


def test_a_document_that_is_none_is_refused_and_nothing_recorded(desk, cooks):
    page = desk.post(NEW, form(CHANGE) | {"document": minutes(b"MZ\x00")})
    assert page.context["last"].errors["document"]
    assert "Cooks" in words(page)
    assert (Decision.objects.count(), StoredFile.objects.count()) == (0, 0)


# --- corrections ----------------------------------------------------------------------------


def test_a_correction_begins_with_what_it_corrects(desk, cooks):
    wrong = desk.post(NEW, form(CHANGE, reference="7")).url
    page = desk.get(f"{wrong}correct/")
    text = page.content.decode()
    assert 'value="2045-01-01"' in text
    assert 'value="cooks"' in text
    sent = form(
        CHANGE | {"on": "2046-01-01"}, reference="7", correction_note="A year later.", do="preview"
    )
    sent["effects-INITIAL_FORMS"] = "1"
    preview = desk.post(f"{wrong}correct/", sent)
    said = words(preview)
    assert said.index("What is taken back") < said.index("1 January 2045")
    assert said.index("What takes its place") < said.index("1 January 2046")
    right = desk.post(f"{wrong}correct/", sent | {"do": "record"}).url
    assert "Corrected by:" in words(desk.get(wrong))
    assert "A year later." in words(desk.get(right))
    bond = Affiliation.objects.standing().get(status__slug="section")
    assert bond.since == datetime.date(2046, 1, 1)
    assert desk.get(f"{wrong}correct/").url == right
    assert "corrected" in words(desk.get(LIST))


def test_a_correction_says_what_was_wrong(desk, cooks):
    wrong = desk.post(NEW, form(CHANGE)).url
    page = desk.post(f"{wrong}correct/", form(CHANGE))
    assert "correction_note" in page.context["form"].errors
    assert Decision.objects.count() == 1


# --- who, and how often ---------------------------------------------------------------------


def test_nobody_records_for_another_federation(desk, iwa, asi, outsider, visitor):
    there = signed_in(outsider)
    made = decisions.record(federation=iwa, body="plenary", decided_on=DAY, by=None)
    for path in (f"{LIST}{made.pk}/", f"{LIST}{made.pk}/correct/", NEW):
        assert there.get(path).status_code == 404, path
        assert there.post(path, form()).status_code in (404, 405), path
        assert visitor.get(path).status_code == 302
    assert words(there.get(LIST)).count("Plenary") == 0
    meeting = make.meeting(asi)
    page = desk.post(NEW, form(meeting=str(meeting.pk)))
    assert "meeting" in page.context["form"].errors
    assert Decision.objects.count() == 1


def test_the_list_is_narrowed_down_and_paged(desk, iwa, cooks, monkeypatch):
    kept = {"kind": Effect.Kind.KEEP, "organisation": cooks, "on": DAY}
    for year, body, effects in ((2019, "congress", []), (2020, "plenary", [kept])):
        decisions.record(
            federation=iwa, body=body, decided_on=datetime.date(year, 1, 1), by=None, reference="R",
            effects=effects,
        )  # fmt: skip

    def found(query: str) -> int:
        return len(desk.get(f"{LIST}?{query}").context["rows"])

    assert [found(q) for q in ("", "body=plenary", "year=2019", "federation=iwa", "year=1999")] == [
        *(2, 1, 1, 2, 0)
    ]
    assert found("federation=asi") == found("year=x") == found("organisation=bakers") == 0
    assert found("organisation=cks&year=2020") == 1
    monkeypatch.setattr("membership.views.lists.ROWS", 1)
    assert found("page=2") == 1


def test_the_list_asks_as_much_for_many_as_for_few(desk, iwa, cooks):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get(LIST)
        return len(asked)

    desk.post(NEW, form(CHANGE))
    few = count()
    for number in range(5):
        name = f"Bakers {number}"
        make.organisation(name)
        effect = {"kind": "admit", "organisation": name, "status": "friend"}
        assert desk.post(NEW, form(effect)).status_code == 302
    assert count() == few


@pytest.mark.django_db(transaction=True)
def test_a_double_click_records_once(iwa, cooks, coordinator):
    desks = [signed_in(coordinator) for _index in range(4)]
    answers = together(4, lambda index: desks[index].post(NEW, form(CHANGE)))
    assert {answer.url for answer in answers} == {f"{LIST}{Decision.objects.get().pk}/"}
