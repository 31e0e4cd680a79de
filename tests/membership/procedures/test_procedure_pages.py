"""The pages on which coordinators write procedures; they work by buttons that send a form."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from federation.models import Federation, Status
from membership.models import Procedure
from membership.procedures import publishing
from membership.procedures.examples import NAMES, example
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in

ROOT = "/coordination/procedures/iwa/friend/"


@pytest.fixture
def friend(iwa: Federation) -> Status:
    return iwa.statuses.get(slug="friend")


@pytest.fixture
def desk(coordinator: Any) -> Client:
    return signed_in(coordinator)


@pytest.fixture
def draft(friend: Status, coordinator: Any) -> Procedure:
    in_force = make.procedure(friend, [{"key": "why"}, {"key": "how"}], body="congress")
    return publishing.new_draft(in_force, coordinator)


def text(response: Any) -> str:
    return response.content.decode()


def filled_in(page: str) -> dict[str, Any]:
    """What a browser would send of the form on the page if nothing was changed."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or name[1] == "csrfmiddlewaretoken":
            continue
        value = re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' in tag or 'type="radio"' in tag:
            if "checked" in tag:
                sent.setdefault(name[1], []).append(value[1] if value else "on")
        elif tag.startswith("<textarea"):
            body = page.partition(tag)[2].partition("</textarea>")[0]
            sent[name[1]] = body.removeprefix("\n")
        elif tag.startswith("<select"):
            options = page.partition(tag)[2].partition("</select>")[0]
            chosen = re.search(r'value="([^"]*)" selected', options)
            sent[name[1]] = chosen[1] if chosen else ""
        else:
            sent[name[1]] = value[1] if value else ""
    return sent


def edited(desk: Client, **changes: Any) -> dict[str, Any]:
    return filled_in(text(desk.get(f"{ROOT}edit/"))) | changes


def keys(draft: Procedure) -> list[str]:
    return list(draft.questions.order_by("position").values_list("key", flat=True))


# --- the way through ------------------------------------------------------------------------


def test_from_no_rules_by_an_example_to_a_version_in_force(desk, friend):
    assert "Nothing is laid down yet" in text(desk.get(ROOT))
    answer = desk.post(ROOT, {"do": "begin", "example": "congress"}, follow=True)
    assert answer.redirect_chain == [(f"{ROOT}edit/", 302)]
    assert "How do you take your decisions?" in text(answer)
    answer = desk.post(f"{ROOT}edit/", edited(desk, quorum="30", do="save"), follow=True)
    assert "The draft is saved" in text(answer)
    page = text(desk.get(f"{ROOT}publish/"))
    assert "The result counts only if at least 30% of them reply." in page
    answer = desk.post(
        f"{ROOT}publish/", filled_in(page) | {"change_note": "By the tenth congress."}, follow=True
    )
    assert "It is in force" in text(answer)
    assert "By the tenth congress." in text(answer)
    now = Procedure.objects.of_status(friend)
    assert (now.version, now.quorum, now.body) == (1, 30, "congress")
    assert set(now.open_to) == set(example("congress")["rules"]["open_to"])


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_fit_to_be_published_and_speaks_two_languages(friend, coordinator, name):
    in_force = Procedure.objects.of_status(friend)
    draft = publishing.new_draft(in_force, coordinator, example(name))
    assert publishing.problems(draft) == []
    texts = [draft.guidance, *(question.labels for question in draft.questions.all())]
    assert {tuple(sorted(one)) for one in texts} == {("en", "es")}


def test_publish_page_says_how_many_requests_keep_their_version(desk, iwa, draft):
    workflow.submit_request(make.request(iwa))
    workflow.submit_request(make.request(iwa, email="second@example.org"))
    assert "2 requests are running" in text(desk.get(f"{ROOT}publish/"))


def test_publish_page_has_no_button_while_something_contradicts(desk, draft):
    Procedure.objects.filter(pk=draft.pk).update(quorum=50)
    page = text(desk.get(f"{ROOT}publish/"))
    assert "There is a quorum, but nobody is consulted." in page
    assert 'name="change_note"' not in page
    seen = publishing.mark(Procedure.objects.get(pk=draft.pk))
    answer = desk.post(f"{ROOT}publish/", {"seen": seen, "change_note": ""})
    assert "There is a quorum, but nobody is consulted." in text(answer)
    assert Procedure.objects.get(pk=draft.pk).state == "draft"


def test_draft_is_deleted_by_a_button(desk, draft):
    answer = desk.post(ROOT, {"do": "discard"}, follow=True)
    assert "The draft is deleted" in text(answer)
    assert not Procedure.objects.filter(pk=draft.pk).exists()


def test_versions_stand_with_what_changed(desk, draft, coordinator):
    rules = publishing.rules_of(draft) | {"body": "referendum"}
    draft = publishing.save_draft(
        draft, coordinator, rules=rules, questions=[], seen=publishing.mark(draft)
    )
    publishing.publish(draft, coordinator, "By referendum.")
    page = text(desk.get(ROOT))
    assert "<del>The congress decides.</del>" in page
    assert "<ins>A referendum decides.</ins>" in page


# --- questions without a script -------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "order"),
    [
        ("up-2", ["how", "why"]),
        ("down-1", ["how", "why"]),
        ("remove-1", ["how"]),
        ("up-1", ["why", "how"]),
        ("down-2", ["why", "how"]),
        ("up-99", ["why", "how"]),
        ("remove-x", ["why", "how"]),
        ("circus", ["why", "how"]),
    ],
)
def test_buttons_move_and_remove_questions_and_nothing_is_stored_before_saving(
    desk, draft, act, order
):
    page = text(desk.post(f"{ROOT}edit/", edited(desk, do=act)))
    assert keys(draft) == ["why", "how"]
    desk.post(f"{ROOT}edit/", filled_in(page) | {"do": "save"})
    assert keys(draft) == order


def test_a_question_is_added_and_what_was_typed_meanwhile_is_kept(desk, draft):
    page = text(desk.post(f"{ROOT}edit/", edited(desk, do="add", sponsors="3")))
    assert "There is a problem" not in page
    sent = filled_in(page)
    assert (sent["question-total"], sent["sponsors"]) == ("3", "3")
    sent |= {"question-2-labels_en": "Since when?", "question-2-kind": "day", "do": "save"}
    desk.post(f"{ROOT}edit/", sent)
    question = draft.questions.order_by("position").last()
    assert (question.kind, question.labels) == ("day", {"en": "Since when?"})
    draft.refresh_from_db()
    assert draft.sponsors == 3


def test_no_more_than_a_dozen_questions(desk, draft):
    sent = edited(desk, do="add")
    for _time in range(12):
        sent = filled_in(text(desk.post(f"{ROOT}edit/", sent))) | {"do": "add"}
    assert sent["question-total"] == "12"
    assert len(sent) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    sent |= {f"question-{index}-labels_en": "Why?" for index in range(12)}
    answer = desk.post(f"{ROOT}edit/", sent | {"do": "save"})
    assert (answer.status_code, draft.questions.count()) == (302, 12)


def test_a_question_without_words_is_named_and_unfolded(desk, draft):
    answer = desk.post(f"{ROOT}edit/", edited(desk, do="save") | {
        "question-0-labels_en": "",
    })  # fmt: skip
    page = text(answer)
    assert "Question – Please fill this in." in page
    assert re.search(r'<details id="question-1" open>', page)
    assert keys(draft) == ["why", "how"]


def test_texts_in_languages_that_the_site_does_not_have_are_kept(desk, draft):
    draft.guidance = {"en": "Hello", "sv": "Hej"}
    draft.save()
    desk.post(f"{ROOT}edit/", edited(desk, guidance_en="Hello again", do="save"))
    draft.refresh_from_db()
    assert draft.guidance == {"en": "Hello again", "sv": "Hej"}


def test_wrong_numbers_are_named_and_nothing_is_saved(desk, draft):
    answer = desk.post(f"{ROOT}edit/", edited(desk, quorum="101", sponsors="x", do="save"))
    assert answer.status_code == 200
    assert "There is a problem" in text(answer)
    draft.refresh_from_db()
    assert (draft.quorum, draft.sponsors) == (0, 0)


@pytest.mark.parametrize(
    "meddled",
    [
        {"question-total": "-1"},
        {"question-total": "9999999999"},
        {"question-total": "x"},
        {"question-0-key": "not a slug"},
        {"question-1-key": "why"},
        {"open_to": ["circus"]},
        {"body": "circus"},
        {"state": "in_force", "version": "9", "federation": "1"},
        {"do": "up-²"},
        {"do": "\0"},
    ],
)
def test_meddled_forms_change_nothing_that_they_may_not(desk, draft, meddled):
    answer = desk.post(f"{ROOT}edit/", edited(desk, do="save") | meddled)
    assert answer.status_code in (200, 302)
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.body) == ("draft", 2, "congress")
    assert len(set(keys(draft))) == len(keys(draft))


# --- two at once ----------------------------------------------------------------------------


def test_second_editor_gets_409_with_what_differs_and_may_then_save(desk, draft, iwa):
    other = signed_in(make.coordinator(iwa, "second@example.org"))
    mine = edited(desk, consulted="all", quorum="60", do="save")
    other.post(f"{ROOT}edit/", edited(other, consulted="all", quorum="40", do="save"))
    answer = desk.post(f"{ROOT}edit/", mine)
    page = text(answer)
    assert answer.status_code == 409
    assert "<del>The result counts only if at least 40% of them reply.</del>" in page
    assert "<ins>The result counts only if at least 60% of them reply.</ins>" in page
    draft.refresh_from_db()
    assert draft.quorum == 40
    desk.post(f"{ROOT}edit/", filled_in(page) | {"do": "save"})
    draft.refresh_from_db()
    assert draft.quorum == 60


def test_publishing_what_was_changed_meanwhile_is_a_409(desk, draft, iwa):
    other = signed_in(make.coordinator(iwa, "second@example.org"))
    sent = filled_in(text(desk.get(f"{ROOT}publish/")))
    other.post(f"{ROOT}edit/", edited(other, sponsors="2", do="save"))
    answer = desk.post(f"{ROOT}publish/", sent)
    assert answer.status_code == 409
    assert "2 sections must vouch" in text(answer)
    assert Procedure.objects.get(pk=draft.pk).state == "draft"


def test_second_click_on_begin_leads_to_the_draft_that_is_there(desk, draft):
    answer = desk.post(ROOT, {"do": "begin", "example": "copy"}, follow=True)
    assert answer.redirect_chain == [(f"{ROOT}edit/", 302)]
    assert "There is a draft for this status already." in text(answer)


# --- preview --------------------------------------------------------------------------------


def test_preview_asks_every_kind_of_question_and_stores_nothing(desk, friend, coordinator):
    kinds = ("line", "text", "number", "yes_no", "choice", "choices", "day", "web")
    asked = [
        {"key": kind, "kind": kind, "labels": {"en": f"Ask {kind}?"}, "helps": {},
         "options": {"en": "One\nTwo"} if kind.startswith("choice") else {}}
        for kind in kinds
    ]  # fmt: skip
    in_force = Procedure.objects.of_status(friend)
    publishing.new_draft(in_force, coordinator, {"rules": {}, "questions": asked})
    page = text(desk.get(f"{ROOT}preview/"))
    assert "This is a preview of the draft." in page
    assert [kind for kind in kinds if f"Ask {kind}?" not in page] == []
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_preview_of_a_draft_leads_to_publishing_it(desk, draft):
    link = f'href="{ROOT}publish/"'
    assert link in text(desk.get(f"{ROOT}preview/"))
    assert link not in text(desk.get(f"{ROOT}preview/?version=1"))


def test_preview_of_an_older_version_and_in_another_language(desk, draft, coordinator):
    draft.guidance = {"en": "Read this.", "es": "Leed esto."}
    draft.save()
    assert "Read this." in text(desk.get(f"{ROOT}preview/?version=2"))
    assert "Leed esto." in text(desk.get(f"/es{ROOT}preview/"))
    assert "Read this." not in text(desk.get(f"{ROOT}preview/?version=1"))
    assert desk.get(f"{ROOT}preview/?version=7").status_code == 404


def test_texts_are_escaped(desk, draft):
    draft.guidance = {"en": "<script>alert(1)</script>"}
    draft.save()
    draft.questions.update(labels={"en": "<b>Why</b>"}, helps={"en": "<i>help</i>"})
    for page in ("", "edit/", "preview/", "publish/"):
        shown = text(desk.get(f"{ROOT}{page}"))
        assert not re.search(r"<script>alert|<b>Why|<i>help", shown), page


# --- rights ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "edit/", "preview/", "publish/"])
def test_coordinators_of_others_and_secretaries_find_nothing(draft, outsider, secretary, page):
    for person in (outsider, secretary):
        client = signed_in(person)
        assert client.get(f"{ROOT}{page}").status_code == 404
        assert client.post(f"{ROOT}{page}", {"do": "discard"}).status_code in (404, 405)
    assert Procedure.objects.filter(pk=draft.pk).exists()


def test_list_shows_ones_own_federations_alone(desk, draft, asi):
    page = text(desk.get("/coordination/procedures/"))
    assert "version 2" in page
    assert "asi" not in page.lower().partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("page", ["", "edit/", "preview/", "publish/"])
def test_questions_to_the_database_do_not_grow(
    desk, draft, coordinator, django_assert_max_num_queries, page
):
    for _time in range(4):
        publishing.publish(draft, coordinator)
        draft = publishing.new_draft(draft, coordinator)
    with django_assert_max_num_queries(25):
        desk.get(f"{ROOT}{page}")
