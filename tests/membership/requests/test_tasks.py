"""A request written part by part: the list, one page for each part, saving, checking, sending."""

import datetime

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import escape

from directory.models import Organisation
from federation.models import Letter
from membership.models import AffiliationRequest
from membership.requests import drafts, sections
from tests import browsing, make
from tests.browsing import begin_request, browser, confirm, draft_request, fill_in, press, text
from tests.race import together


@pytest.fixture
def status(iwa):
    return iwa.statuses.get(slug="friend")


def draft() -> AffiliationRequest:
    return AffiliationRequest.objects.get()


def errors(response) -> list:
    return list(response.context["form"].errors)


def progress(client, page: str) -> dict:
    tasks = client.get(f"{page}tasks/").context["tasks"]
    return {part.key: str(part.progress) for part, _url in tasks}


# --- the list -------------------------------------------------------------------------------


def test_the_list_tells_how_far_each_part_is(iwa, status, visitor):
    make.procedure(status, sponsors=1, questions=[{"is_required": True}], asks_documents="required")
    page = begin_request(visitor, "iwa")
    fill_in(visitor, page, "where", city="Graz")
    fill_in(visitor, page, "agreement", agrees="on")
    assert progress(visitor, page) == {
        "organisation": "incomplete",
        "where": "done",
        "about": "not_started",
        "questions": "not_started",
        "documents": "not_started",
        "sponsors": "not_started",
        "agreement": "done",
        "contact": "not_started",
    }
    assert "cannot start yet" in text(visitor, f"{page}tasks/")


def test_a_procedure_that_asks_little_has_a_short_list(iwa, status, visitor):
    make.procedure(status, asks_documents="no", asks_members="no", asks_affiliations="no")
    page = begin_request(visitor, "iwa")
    assert list(progress(visitor, page)) == [
        "organisation",
        "where",
        "about",
        "agreement",
        "contact",
    ]
    form = visitor.get(f"{page}tasks/about/").context["form"]
    assert set(form.fields) == {"description", "mark"}
    for part in ("status", "questions", "sponsors", "documents", "nowhere"):
        assert visitor.get(f"{page}tasks/{part}/").status_code == 404


def test_what_may_stay_open_does_not_hold_up_the_request(iwa, status, visitor):
    make.procedure(status, questions=[{}])
    page = draft_request(visitor, "iwa")
    assert progress(visitor, page)["documents"] == "optional"
    assert progress(visitor, page)["questions"] == "optional"
    assert "Request sent" in confirm(visitor, page, "group@example.org")


def test_the_list_asks_no_more_of_the_database_for_more_parts(
    iwa, status, visitor, django_assert_max_num_queries
):
    make.procedure(status, sponsors=5, questions=[{} for _number in range(12)])
    page = draft_request(visitor, "iwa")
    with django_assert_max_num_queries(14):
        visitor.get(f"{page}tasks/")


def test_only_kinds_that_may_ask_are_offered(iwa, status, visitor):
    make.procedure(status, open_to=["group", "local"])
    page = begin_request(visitor, "iwa")
    offered = visitor.get(f"{page}tasks/organisation/").context["form"].fields["kind"].choices
    assert [kind for kind, _label in offered] == ["local", "group"]
    assert errors(fill_in(visitor, page, "organisation", kind="union")) == ["kind"]


def test_asking_for_another_status_takes_up_its_procedure_and_drops_what_only_the_other_asked(
    iwa, status, visitor
):
    make.procedure(status, questions=[{}])
    make.status(iwa, "observer", is_open_to_requests=True)
    page = draft_request(visitor, "iwa")
    fill_in(visitor, page, "questions", **{"question-q0": "Because."})
    fill_in(visitor, page, "status", status="observer")
    assert draft().procedure.status.slug == "observer"
    assert "questions" not in draft().answers
    assert "agrees" not in draft().answers
    assert draft().answers["city"] == "Graz"


def test_where_the_status_was_closed_meanwhile_another_can_be_asked_for(iwa, status, visitor):
    page = draft_request(visitor, "iwa")
    make.status(iwa, "observer", is_open_to_requests=True)
    iwa.statuses.filter(pk=status.pk).update(is_open_to_requests=False)
    fill_in(visitor, page, "status", status="observer")
    assert draft().status.slug == "observer"
    assert "status" not in progress(visitor, page)


# --- saving a part --------------------------------------------------------------------------


def test_a_page_may_be_saved_half_done_and_is_there_again(iwa, visitor):
    page = begin_request(visitor, "iwa")
    assert fill_in(visitor, page, "organisation", acronym="KWG").url == f"{page}tasks/"
    form = visitor.get(f"{page}tasks/organisation/").context["form"]
    assert (form["acronym"].value(), form["kind"].value()) == ("KWG", "")
    assert progress(visitor, page)["organisation"] == "incomplete"


def test_names_of_several_kinds_languages_and_scripts_come_into_the_directory(iwa, visitor):
    page = draft_request(visitor, "iwa")
    for number, (name, kind, language) in enumerate(
        [("Кухонные работники", "translated", "ru"), ("عمال المطابخ", "former", "ar")]
    ):
        row = {f"name_{number}": name, f"name_kind_{number}": kind}
        answer = fill_in(
            visitor, page, "organisation", **row, **{f"name_language_{number}": language}, more="1"
        )
        assert answer.url == f"{page}tasks/organisation/#further"
    confirm(visitor, page, "group@example.org")
    made = Organisation.objects.get()
    assert (made.name, made.language, made.visibility) == (
        "Kitchen Workers of Graz",
        "de",
        "proposed",
    )
    assert sorted(made.names.values_list("kind", "value", "language")) == [
        ("acronym", "KWG", ""),
        ("former", "عمال المطابخ", "ar"),
        ("translated", "Кухонные работники", "ru"),
    ]


def test_the_same_name_given_twice_is_one_name(iwa, visitor):
    page = draft_request(visitor, "iwa")
    twice = {"name_0": "Cooks", "name_kind_0": "acronym"}
    fill_in(visitor, page, "organisation", **twice, more="1")
    fill_in(visitor, page, "organisation", name_1="Cooks", name_kind_1="acronym", acronym="Cooks")
    confirm(visitor, page, "group@example.org")
    assert [name.value for name in Organisation.objects.get().names.all()] == ["Cooks"]


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("organisation", "name", "x" * 5000),
        ("organisation", "name", "Kitchen\u202eWorkers"),
        ("organisation", "language", "xx-nonsense"),
        ("organisation", "acronym", "A" * 21),
        ("organisation", "kind", "empire"),
        ("organisation", "name_0", "x" * 5000),
        ("organisation", "name_0", "a\0b"),
        ("organisation", "name_kind_0", "official"),
        ("organisation", "name_language_0", "klingon"),
        ("where", "countries", ["ZZ"]),
        ("where", "countries", ["AT\0"]),
        ("where", "website", "javascript:alert(1)"),
        ("where", "website", "ftp://example.org/"),
        ("where", "founded", "0001"),
        ("where", "founded", "2019-02-30"),
        ("where", "city", "Gr\x07az"),
        ("about", "description", "x" * 5001),
        ("about", "description", "We\x1b[31m organise"),
        ("about", "description", "We \u202eorganise"),
        ("about", "members", "-1"),
        ("about", "members", "9" * 40),
        ("about", "members", "many"),
        ("about", "is_affiliated", "perhaps"),
        ("about", "affiliated_to", ["iwa"]),
        ("about", "affiliated_to", ["nowhere"]),
        ("about", "affiliations", "x\n" * 3),
        ("about", "affiliations", "\n".join(str(number) for number in range(21))),
        ("about", "affiliations", "y" * 201),
        ("contact", "contact_name", "x" * 201),
        ("contact", "email", "nobody"),
        ("contact", "email", "a@example.org\nBcc: b@example.org"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_of_the_page_is_stored(
    iwa, asi, visitor, part, field, value
):
    page = begin_request(visitor, "iwa")
    before = draft().answers
    response = fill_in(visitor, page, part, **{field: value})
    if value == "x\n" * 3:
        assert draft().answers["affiliations"] == ["x"]
        return
    assert response.status_code == 200
    assert errors(response) == [field]
    assert "<title>Error:" in response.content.decode()
    assert (draft().answers, draft().email) == (before, "group@example.org")


def test_other_affiliations_are_named_freely_and_by_the_federations_here(iwa, asi, visitor):
    page = draft_request(visitor, "iwa")
    given = {"is_affiliated": "yes", "affiliated_to": ["asi"], "affiliations": "Cooks\n\n Waiters "}
    fill_in(visitor, page, "about", **given)
    assert draft().answers["affiliations"] == ["Cooks", "Waiters"]
    shown = text(visitor, f"{page}check/")
    assert "Federation asi" in shown
    assert "Cooks, Waiters" in shown


def test_who_belongs_to_others_has_to_say_to_which(iwa, visitor):
    page = draft_request(visitor, "iwa")
    fill_in(visitor, page, "about", is_affiliated="yes")
    assert progress(visitor, page)["about"] == "incomplete"


def test_without_an_address_there_would_be_no_way_back_so_the_former_one_stays(iwa, visitor):
    page = draft_request(visitor, "iwa")
    fill_in(visitor, page, "contact", email="")
    assert draft().email == "group@example.org"


def test_another_address_makes_the_code_that_went_to_the_former_one_useless(iwa, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    fill_in(visitor, page, "contact", email="other@example.org")
    assert draft().code_hash == ""


def test_the_statement_of_the_procedure_is_what_is_agreed_to(iwa, status, visitor):
    make.procedure(status, statements={"es": "Somos <b>solidarias</b>."})
    page = begin_request(visitor, "iwa")
    shown = text(visitor, f"{page}tasks/agreement/")
    assert 'lang="es" dir="ltr"><p>Somos &lt;b&gt;solidarias&lt;/b&gt;.</p>' in shown
    assert "agrees with this statement" in shown


# --- questions of the federation ------------------------------------------------------------

KINDS = [
    {"kind": "line"},
    {"kind": "text"},
    {"kind": "number"},
    {"kind": "yes_no"},
    {"kind": "choice", "options": {"en": "one\ntwo", "es": "uno\ndos"}},
    {"kind": "choices", "options": {"en": "red\nblue\n\ngreen"}},
    {"kind": "day"},
    {"kind": "web"},
]
GIVEN = ["A line", "Some\nlines", "3.5", "no", "2", ["1", "3"], "2026-02-03", "example.org/x"]


@pytest.fixture
def asked(iwa, status, visitor):
    make.procedure(status, questions=[{"is_required": True, **kind} for kind in KINDS])
    return draft_request(visitor, "iwa")


def test_questions_of_every_kind_are_answered_and_read_again(asked, visitor):
    given = {f"question-q{number}": value for number, value in enumerate(GIVEN)}
    assert progress(visitor, asked)["questions"] == "not_started"
    fill_in(visitor, asked, "questions", **given)
    assert progress(visitor, asked)["questions"] == "done"
    assert draft().answers["questions"] == {
        "q0": "A line",
        "q1": "Some\nlines",
        "q2": "3.5",
        "q3": "no",
        "q4": "2",
        "q5": ["1", "3"],
        "q6": "2026-02-03",
        "q7": "https://example.org/x",
    }
    form = visitor.get(f"{asked}tasks/questions/").context["form"]
    assert [form[f"question-q{number}"].value() for number in (3, 4, 5)] == ["no", "2", ["1", "3"]]


def test_answers_that_were_chosen_are_read_in_the_language_of_the_reader(asked, visitor):
    given = {f"question-q{number}": value for number, value in enumerate(GIVEN)}
    fill_in(visitor, asked, "questions", **given)
    english, spanish = text(visitor, f"{asked}check/"), text(visitor, f"/es{asked}check/")
    for answer in ("red, green", "two", "3.5", "3 February 2026"):
        assert f">{answer}<" in english or answer in english
    assert "dos" in spanish
    assert '<span lang="en" dir="ltr">red</span>, <span lang="en" dir="ltr">green</span>' in spanish


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0, "x" * 301),
        (1, "x" * 5001),
        (2, "many"),
        (2, "9" * 16),
        (3, "perhaps"),
        (4, "3"),
        (4, "0"),
        (5, ["1", "4"]),
        (6, "2026-02-30"),
        (6, "9999-01-01"),
        (7, "javascript:alert(1)"),
    ],
)
def test_an_answer_that_does_not_fit_its_question_is_refused(asked, visitor, number, value):
    name = f"question-q{number}"
    assert errors(fill_in(visitor, asked, "questions", **{name: value})) == [name]
    assert not draft().answers.get("questions")


def test_a_question_of_another_procedure_is_not_stored(asked, visitor):
    fill_in(visitor, asked, "questions", **{"question-other": "x", "question-q0": "y"})
    assert draft().answers["questions"] == {"q0": "y"}


def test_a_label_in_another_language_than_the_reader_s_says_so_and_is_shown_as_text(
    iwa, status, visitor
):
    words = {"labels": {"es": "¿Por qué <i>?"}, "helps": {"es": "Con <b>razones</b>."}}
    make.procedure(status, questions=[words])
    page = begin_request(visitor, "iwa")
    shown = text(visitor, f"{page}tasks/questions/")
    assert '<span lang="es" dir="ltr">¿Por qué &lt;i&gt;?</span>' in shown
    assert "<b>razones" not in shown


# --- sponsors -------------------------------------------------------------------------------


@pytest.fixture
def sponsored(iwa, status, local, visitor):
    """A draft that needs two of the federation's sections."""
    make.affiliation(make.organisation("Bakers of Bern", "CH"), iwa)
    make.affiliation(make.organisation("Just Friends", "CH"), iwa, "friend")
    make.procedure(status, sponsors=2)
    return draft_request(visitor, "iwa")


def test_sections_of_the_federation_can_be_named_as_sponsors_and_nobody_else(sponsored, visitor):
    offered = visitor.get(f"{sponsored}tasks/sponsors/").context["form"].offered
    assert offered == {"bakers-of-bern": "Bakers of Bern", "orestad-local": "Örestad Local"}
    for slug in ("just-friends", "nowhere", "x\0"):
        answer = fill_in(visitor, sponsored, "sponsors", sponsor_1=slug)
        assert errors(answer) == ["sponsor_1"]


def test_as_many_sponsors_as_the_procedure_needs_are_named_each_once(sponsored, visitor):
    fill_in(visitor, sponsored, "sponsors", sponsor_1="bakers-of-bern")
    assert progress(visitor, sponsored)["sponsors"] == "incomplete"
    twice = fill_in(visitor, sponsored, "sponsors", sponsor_2="bakers-of-bern")
    assert errors(twice) == ["sponsor_2"]
    fill_in(visitor, sponsored, "sponsors", sponsor_2="orestad-local")
    assert draft().answers["sponsors"] == ["bakers-of-bern", "orestad-local"]
    confirm(visitor, sponsored, "group@example.org")
    named = draft().sponsorships.values_list("organisation__slug", "state")
    assert sorted(named) == [("bakers-of-bern", "asked"), ("orestad-local", "asked")]


# --- two devices ----------------------------------------------------------------------------


def fill_in_elsewhere(page: str, part: str, **given) -> None:
    """Open the draft on another device by its code, and save a part there."""
    client, url = browser(), f"{page}tasks/{part}/"
    browsing.prove(client, page, "group@example.org")
    assert client.post(url, {**browsing.entries(client, url, seconds=0), **given}).status_code < 400


def test_the_same_part_written_elsewhere_meanwhile_is_told_and_nothing_typed_is_lost(iwa, visitor):
    page = draft_request(visitor, "iwa")
    old = browsing.entries(visitor, f"{page}tasks/where/")
    fill_in_elsewhere(page, "where", city="Leoben")
    answer = visitor.post(f"{page}tasks/where/", {**old, "city": "Linz"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "<title>Error:" in shown
    assert draft().answers["city"] == "Leoben"
    assert "Leoben" in shown
    form = answer.context["form"]
    assert form["city"].value() == "Linz"
    again = {**old, "city": "Linz", "mark": form["mark"].value()}
    assert visitor.post(f"{page}tasks/where/", again).url == f"{page}tasks/"
    assert draft().answers["city"] == "Linz"


def test_another_part_written_elsewhere_meanwhile_is_kept_beside_this_one(iwa, visitor):
    page = draft_request(visitor, "iwa")
    old = browsing.entries(visitor, f"{page}tasks/where/")
    fill_in_elsewhere(page, "about", members="15")
    visitor.post(f"{page}tasks/where/", {**old, "city": "Linz"})
    assert (draft().answers["city"], draft().answers["members"]) == ("Linz", 15)


def test_the_same_page_sent_twice_is_no_conflict(iwa, visitor):
    page = draft_request(visitor, "iwa")
    given = {**browsing.entries(visitor, f"{page}tasks/where/"), "city": "Linz"}
    for _time in range(2):
        assert visitor.post(f"{page}tasks/where/", given).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_write_the_same_part_at_once_one_is_taken_and_the_others_are_told():
    made = make.request(make.federation("iwa"))
    where = sections.SECTION["where"]
    mark = sections.mark_of(made, where)
    results = together(
        8, lambda number: drafts.save(made, where, {"city": f"Town {number}"}, mark=mark)
    )
    lost = [one for one in results if isinstance(one, drafts.WrittenElsewhere)]
    assert (len(results) - len(lost), len(lost)) == (1, 7)


@pytest.mark.django_db(transaction=True)
def test_of_five_who_write_different_parts_at_once_nobody_loses_anything():
    made = make.request(make.federation("iwa"))
    given = {"where": {"city": "Linz"}, "about": {"members": 5}, "contact": {"contact_role": "x"}}

    def write(number: int) -> None:
        key = list(given)[number]
        section = sections.SECTION[key]
        drafts.save(made, section, given[key], mark=sections.mark_of(made, section))

    together(3, write)
    answers = draft().answers
    assert (answers["city"], answers["members"], answers["contact_role"]) == ("Linz", 5, "x")


# --- save and come back later ---------------------------------------------------------------


def test_saving_for_later_mails_the_reference_and_the_draft_opens_on_another_device(iwa, visitor):
    page = begin_request(visitor, "iwa")
    answer = fill_in(visitor, page, "where", city="Graz", later="1")
    assert answer.url == f"{page}saved/"
    letter = Letter.objects.get()
    reference = draft().reference
    assert (letter.template, letter.recipient) == ("draft_saved", "group@example.org")
    assert reference in letter.body
    assert "Kitchen" not in letter.body
    assert reference in text(visitor, answer.url)

    device = browser()
    press(device, "/requests/", reference=reference, email="group@example.org")
    press(device, f"{page}code/", code=browsing.last_code("group@example.org"))
    assert device.get(page).url == f"{page}tasks/"
    assert "Graz" in text(device, f"{page}tasks/where/")


def test_a_draft_opened_by_its_code_can_be_filled_in_for_longer_than_an_hour(iwa, visitor):
    page = begin_request(browser(), "iwa")
    browsing.prove(visitor, page, "group@example.org")
    for minutes in (25, 50, 75):  # it ends where it is left alone for half an hour
        with time_machine.travel(timezone.now() + datetime.timedelta(minutes=minutes)):
            assert visitor.get(f"{page}tasks/").status_code == 200


def test_who_typed_for_too_long_gets_it_back(iwa, visitor):
    page = begin_request(visitor, "iwa")
    given = browsing.entries(visitor, f"{page}tasks/about/", seconds=0)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        answer = visitor.post(f"{page}tasks/about/", {**given, "description": "A <long> text."})
    assert answer.status_code == 403
    assert "A &lt;long&gt; text." in answer.content.decode()
    assert "description" not in draft().answers


def test_an_address_gets_five_such_letters_an_hour_at_most(iwa, visitor):
    page = begin_request(visitor, "iwa")
    for _time in range(7):
        assert press(visitor, f"{page}tasks/", to=f"{page}later/").url == f"{page}saved/"
    assert Letter.objects.count() == 5


def test_the_page_that_says_it_is_kept_is_there_only_once_it_was(iwa, visitor):
    page = begin_request(visitor, "iwa")
    assert visitor.get(f"{page}saved/").url == page


# --- check and send -------------------------------------------------------------------------


def test_what_is_missing_keeps_it_from_being_sent_and_is_named(iwa, visitor):
    page = begin_request(visitor, "iwa")
    shown = visitor.get(f"{page}check/")
    assert [part.key for part in shown.context["gaps"]] == [
        "organisation",
        "about",
        "agreement",
        "contact",
    ]
    assert "Agree and send" not in shown.content.decode()
    refused = press(visitor, f"{page}tasks/", to=f"{page}check/")
    assert refused.status_code == 409
    assert "<title>Error:" in refused.content.decode()
    assert not Letter.objects.exists()


def test_the_workflow_itself_refuses_what_is_not_complete(iwa, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    fill_in(visitor, page, "about", description="")
    code = browsing.last_code("group@example.org")
    answer = press(visitor, f"{page}code/", code=code)
    assert "Still to be done: What it is and does" in answer.content.decode()
    assert (draft().state, Organisation.objects.count()) == ("draft", 0)


def test_required_documents_are_waited_for(iwa, status, visitor):
    make.procedure(status, asks_documents="required")
    page = draft_request(visitor, "iwa")
    assert [part.key for part in visitor.get(f"{page}check/").context["gaps"]] == ["documents"]


def test_each_answer_can_be_changed_and_the_way_leads_back(iwa, visitor):
    page = draft_request(visitor, "iwa")
    shown = text(visitor, f"{page}check/")
    assert f'href="{page}tasks/where/?back=check#id_city"' in shown
    assert 'Change <span class="visually-hidden">Town</span>' in shown
    url = f"{page}tasks/where/?back=check"
    assert browsing.send(visitor, url, city="Leoben").url == f"{page}check/"
    assert "Leoben" in text(visitor, f"{page}check/")


def test_after_the_code_comes_the_confirmation_with_reference_and_what_comes_next(
    iwa, status, visitor
):
    make.procedure(status, consulted="all", body="congress", decision_days=10)
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    code = browsing.last_code("group@example.org")
    answer = press(visitor, f"{page}code/", code=code)
    assert answer.url == f"{page}confirmation/"
    shown = text(visitor, answer.url)
    made = draft()
    due = made.submitted_at.date() + datetime.timedelta(days=10)
    assert made.reference in shown
    assert "All sections are consulted." in shown
    assert "The congress decides." in shown
    assert str(due.year) in shown
    assert "Kim Canary" in shown


def test_what_was_sent_has_no_tasks_any_more(iwa, visitor):
    page = draft_request(visitor, "iwa")
    confirm(visitor, page, "group@example.org")
    for part in ("tasks/", "tasks/where/", "same/", "saved/"):
        assert visitor.get(f"{page}{part}").url == page
    assert visitor.post(f"{page}tasks/where/", {"city": "Elsewhere"}).url == page
    assert draft().answers["city"] == "Graz"


def test_a_foreign_draft_cannot_be_written_and_nobody_learns_that_it_is_there(iwa, visitor):
    page = draft_request(browser(), "iwa")
    nowhere = "/requests/4K7P-29WX/"
    for where in (page, nowhere):
        assert visitor.post(f"{where}tasks/where/", {"city": "Mine"}).status_code == 403
        assert visitor.post(f"{where}later/").url == where
    assert draft().answers["city"] == "Graz"
    assert draft().saved_at is None


def test_pages_of_a_draft_stay_in_no_cache(iwa, visitor):
    page = draft_request(visitor, "iwa")
    for part in ("tasks/", "tasks/where/", "same/", "check/"):
        assert "no-store" in visitor.get(f"{page}{part}")["Cache-Control"]


def test_what_was_typed_is_shown_as_text_on_every_page(iwa, visitor):
    name = "<i>Bold & Sons</i>"
    page = draft_request(visitor, "iwa", name=name, description=name, city=name, contact_name=name)
    fill_in(visitor, page, "organisation", name_0=name)
    for part in ("tasks/", "tasks/organisation/", "tasks/where/", "check/"):
        shown = text(visitor, f"{page}{part}")
        assert escape(name) in shown
        assert name not in shown
