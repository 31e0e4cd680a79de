"""What the public reads of decisions: in words, with corrections, documents and suspensions."""

import datetime
import json
import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from directory import decisions
from directory.models import Decision, Organisation
from federation.files.cleaning import Clean
from federation.files.keeping import keep
from federation.models import Federation
from tests import make

DAY = datetime.date(2020, 5, 1)
LATER = datetime.date(2022, 5, 1)


@pytest.fixture
def cooks(iwa: Federation) -> Organisation:
    made = make.organisation("Cooks", "SE")
    make.affiliation(made, iwa)
    return made


def decide(iwa: Federation, kind: str, organisation: Any, **terms: Any) -> Decision:
    words = {
        name: terms.pop(name)
        for name in ("texts", "corrects", "correction_note", "document", "document_is_public")
        if name in terms
    }
    effect = {"kind": kind, "organisation": organisation, "on": DAY} | terms
    return decisions.record(
        federation=iwa, body="congress", decided_on=DAY, by=None, effects=[effect], **words
    )


def text(response: Any) -> str:
    found = re.sub(r"<[^>]+>", " ", response.content.decode())
    return unescape(re.sub(r"\s+", " ", found))


def test_decisions_are_listed_in_words_with_their_pages(visitor, iwa, cooks):
    friend = iwa.statuses.get(slug="friend")
    made = decide(iwa, "change", cooks, status=friend, on=LATER, texts={"en": "As friends."})
    page = text(visitor.get("/federations/iwa/decisions/"))
    assert "As friends. Cooks Section becomes Friend from 1 May 2022" in page
    assert "Cooks Section becomes Friend" in text(visitor.get("/federations/iwa/"))
    one = text(visitor.get("/federations/iwa/decisions/1/"))
    assert made.entry.hash in one
    assert "As friends." in one
    assert visitor.get("/federations/iwa/decisions/?pages=2").status_code == 400
    for number in (2, 10**12):
        assert visitor.get(f"/federations/iwa/decisions/{number}/").status_code == 404


KINDS = {
    "suspend": ({}, "Cooks is suspended: its rights rest from 1 May 2020"),
    "end": ({"reason": "expulsion"}, "Cooks Section ended: expelled from 1 May 2020"),
    "continue": ({"other": "Old"}, "Cooks is recognised as continuing Old"),
    "merge": ({"other": "Old"}, "Cooks merges into Old"),
    "split": ({"other": "Old"}, "Cooks is recognised as split from Old"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_words(visitor, iwa, cooks, kind):
    terms, said = KINDS[kind]
    other = {"other": make.organisation("Old")} if "other" in terms else {}
    decide(iwa, kind, cooks, **terms | other)
    assert said in text(visitor.get("/federations/iwa/decisions/"))


def test_corrections_are_told_both_ways(visitor, iwa, cooks):
    wrong = decide(iwa, "suspend", cooks)
    decide(iwa, "suspend", cooks, on=LATER, corrects=wrong, correction_note="It was 2022.")
    first = text(visitor.get("/federations/iwa/decisions/1/"))
    assert "Corrected by: Congress, 1 May 2020 It was 2022." in first
    second = text(visitor.get("/federations/iwa/decisions/2/"))
    assert "Corrects: Congress, 1 May 2020 It was 2022." in second
    rows = visitor.get("/api/v1/decisions/").json()["results"]
    assert [(row["number"], row["corrects"], row["corrected_by"]) for row in rows] == [
        (2, 1, None), (1, None, 2),
    ]  # fmt: skip
    assert rows[0]["correction_note"] == "It was 2022."
    assert rows[0]["outcomes"] == [
        {
            "kind": "suspend", "organisation": "cooks", "status": None, "on": "2022-05-01",
            "until": None, "reason": None, "other": None, "waiver": None,
        }
    ]  # fmt: skip


HIDDEN = {
    "unlisted": {"visibility": "unlisted"},
    "withdrawn": {"visibility": "withdrawn"},
    "proposed": {"visibility": "proposed"},
}


@pytest.mark.parametrize("name", HIDDEN)
def test_who_is_not_public_stands_on_no_page_of_a_decision(visitor, iwa, cooks, name):
    made = make.organisation("Canary")
    make.affiliation(made, iwa)
    effects = [
        {"kind": "suspend", "organisation": cooks, "on": DAY},
        {"kind": "suspend", "organisation": made, "on": DAY},
        {"kind": "merge", "organisation": make.organisation("Part"), "other": made, "on": DAY},
    ]
    known = {"federation": iwa, "body": "congress", "decided_on": DAY, "by": None}
    wrong = decisions.record(effects=effects, texts={"en": "The Canary rests."}, **known)
    decisions.record(corrects=wrong, correction_note="The Canary does not.", **known)
    Organisation.objects.filter(pk=made.pk).update(**HIDDEN[name])
    root = "/federations/iwa/"
    for path in (root, f"{root}decisions/", f"{root}decisions/1/", f"{root}decisions/2/",
                 f"{root}register.json", "/api/v1/decisions/", "/api/v1/affiliations/",
                 f"{root}roll/"):  # fmt: skip
        response = visitor.get(path)
        content = response.getvalue().decode()
        assert response.status_code == 200, path
        assert "Canary" not in content, path
        assert "canary" not in content, path
    assert "Cooks" in text(visitor.get(f"{root}decisions/1/"))


def test_who_was_not_admitted_is_nobodys_business(visitor, iwa, cooks):
    declined = decide(iwa, "decline", make.organisation("Canary"), texts={"en": "No Canary."})
    for path in ("decisions/", f"decisions/{declined.entry.number}/", "register.json"):
        assert b"Canary" not in visitor.get(f"/federations/iwa/{path}").getvalue()
    assert visitor.get("/federations/iwa/decisions/1/").status_code == 404


def test_a_document_is_downloaded_if_it_is_public(visitor, iwa, cooks):
    for number, public in ((1, True), (2, False)):
        document = keep(Clean("minutes.pdf", "application/pdf", b"%PDF"))
        decide(
            iwa, "suspend" if public else "restore", cooks, on=DAY if public else LATER,
            document=document, document_is_public=public,
        )  # fmt: skip
        response = visitor.get(f"/federations/iwa/decisions/{number}/document/")
        assert response.status_code == (200 if public else 404)
        shown = "minutes.pdf" in text(visitor.get(f"/federations/iwa/decisions/{number}/"))
        assert shown == public
    response = visitor.get("/federations/iwa/decisions/1/document/")
    assert response.content == b"%PDF"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_a_public_document_is_closed_where_it_may_name_whom_the_page_hides(visitor, iwa, cooks):
    """The minutes of a congress that suspended one organisation and did not admit another."""
    document = keep(Clean("canary.pdf", "application/pdf", b"%PDF Canary"))
    canary = make.organisation("Canary", visibility="proposed")
    decisions.record(
        federation=iwa, body="congress", decided_on=DAY, by=None, document=document,
        document_is_public=True,
        effects=[
            {"kind": "suspend", "organisation": cooks, "on": DAY},
            {"kind": "decline", "organisation": canary, "on": DAY},
        ],
    )  # fmt: skip
    assert visitor.get("/federations/iwa/decisions/1/document/").status_code == 404
    assert "canary" not in text(visitor.get("/federations/iwa/decisions/1/")).lower()
    register = json.loads(visitor.get("/federations/iwa/register.json").getvalue())
    assert "document" not in register["entries"][0]["opened"]


# --- suspensions ----------------------------------------------------------------------------


def test_the_page_of_an_organisation_tells_when_its_rights_rest(visitor, iwa, cooks):
    decide(iwa, "suspend", cooks)
    page = text(visitor.get("/organisations/cooks/"))
    assert "Suspended since 1 May 2020: its rights rest Congress, 1 May 2020" in page
    assert "yes suspended since 1 May 2020: its rights rest" in page
    decide(iwa, "restore", cooks, on=LATER)
    page = text(visitor.get("/organisations/cooks/"))
    assert "Suspended from 1 May 2020 until 1 May 2022: its rights rest" in page


def test_the_api_tells_whether_rights_rest_and_what_the_status_gives(visitor, iwa, cooks):
    decide(iwa, "suspend", cooks)

    def told() -> list[Any]:
        [row] = visitor.get("/api/v1/affiliations/").json()["results"]
        whole = visitor.get("/api/v1/organisations/cooks/").json()["affiliations"][0]
        exported = visitor.get("/organisations/cooks.json").json()["affiliations"][0]
        return [(one["suspended"], one["votes"], one["answer"]) for one in (row, whole, exported)]

    assert told() == [(True, True, "yes")] * 3
    decide(iwa, "restore", cooks, on=timezone.localdate())
    assert told() == [(False, True, "yes")] * 3


def test_on_the_roll_the_suspended_stand_apart_with_the_reason(visitor, iwa, cooks):
    make.affiliation(make.organisation("Bakers"), iwa)
    decide(iwa, "suspend", cooks)
    page = visitor.get("/federations/iwa/roll/?on=2021-01-01")
    roll = page.context["roll"]
    parts = {part.name: [str(line.organisation.name) for line in part.lines] for part in roll.parts}
    assert parts == {"votes": ["Bakers"], "takes_part": [], "suspended": ["Cooks"], "not_known": []}
    assert roll.tallies[0].granted == 1
    assert "since 1 May 2020: its rights rest" in text(page)
    before = visitor.get("/federations/iwa/roll/?on=2019-01-01").context["roll"]
    assert before.tallies[0].granted == 2


def test_the_list_takes_as_many_questions_for_many_as_for_few(
    visitor, iwa, cooks, django_assert_max_num_queries
):
    for number in range(19):
        made = make.organisation(f"Bakers {number}")
        decide(iwa, "admit", made, status=iwa.statuses.get(slug="friend"))
    with django_assert_max_num_queries(22):
        visitor.get("/federations/iwa/decisions/")


def test_an_organisation_leads_to_the_decisions_it_rests_on(visitor, iwa, cooks):
    friend = iwa.statuses.get(slug="friend")
    decide(iwa, "change", cooks, status=friend)
    decide(iwa, "suspend", cooks)
    page = visitor.get(cooks.get_absolute_url()).content.decode()
    assert 'href="/federations/iwa/decisions/1/"' in page
    assert 'href="/federations/iwa/decisions/2/"' in page
    assert page.index("its rights rest") < page.index('class="entitled"')
