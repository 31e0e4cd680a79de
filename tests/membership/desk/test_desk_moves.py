"""Every move of a request by every role, read from the table: who may, who finds nothing.

A move that is added to the table without a state to try it in is red.
"""

import pytest
from django.test import Client

from federation.states import APPLICANT, RULE, NotYours, moves_for
from membership.models import AffiliationRequest
from membership.requests import deciding, workflow
from membership.views.kinds import REQUEST
from tests import make
from tests.conftest import signed_in

MOVES = AffiliationRequest.MOVES
DECIDERS = [move.verb for move in MOVES if move.who == "decider"]
ROLES = (
    "coordinator", "outsider", "secretary", "operator", "visitor", "applicant", "rule"
)  # fmt: skip
MAY = {"decider": {"coordinator"}, "applicant": {"applicant"}, "rule": {"rule"}}

# What leads to a state in which the procedure allows the move.
TO = {
    "submit": "", "ask_back": "submit", "answer": "submit ask_back", "lapse": "submit ask_back",
    "consult": "submit", "conclude": "submit consult", "expire": "submit consult",
    "defer": "submit", "propose": "submit", "accept": "submit", "decline": "submit",
    "withdraw": "submit", "appeal": "submit decline",
}  # fmt: skip
RULES = {
    "consult": {"consulted": "all"}, "conclude": {"consulted": "all"},
    "expire": {"consulted": "all"}, "propose": {"needs_second": True},
    "lapse": {"lapses": True}, "appeal": {"appeal_body": "congress"},
}  # fmt: skip


@pytest.fixture
def people(iwa, asi, coordinator, outsider, secretary):
    """`secretary` keeps a section of the federation that is asked; the visitor has no account."""
    return {
        "coordinator": coordinator,
        "outsider": outsider,
        "secretary": secretary,
        "operator": make.user("operator@example.org", is_superuser=True),
        "visitor": None,
        "applicant": APPLICANT,
        "rule": RULE,
    }


def ready_for(verb, iwa, by, **rules):
    """A request in a state from which the move leads on."""
    make.procedure(iwa.statuses.get(slug="friend"), **RULES.get(verb, {}), **rules)
    request = make.request(iwa)
    for step in TO[verb].split():
        request = {
            "submit": workflow.submit_request,
            "ask_back": lambda one: workflow.ask_back(one, by=by, note="?"),
            "consult": lambda one: workflow.consult(one, by=by),
            "decline": lambda one: deciding.decline_request(one, by=by, note="No."),
        }[step](request)
    if verb == "lapse":
        AffiliationRequest.objects.update(answer_due="2020-01-01")
        request.refresh_from_db()
    return request


def test_every_move_of_the_table_is_tried():
    assert set(TO) == {move.verb for move in MOVES}


@pytest.mark.parametrize("verb", list(TO))
def test_a_move_is_open_to_its_role_and_to_nobody_else(verb, iwa, local, people):
    rule = AffiliationRequest.move_named(verb)
    request = ready_for(verb, iwa, people["coordinator"])
    if verb in ("conclude", "expire"):
        request.consultations.get().consulted.all().delete()  # nobody is left to wait for
    for role in ROLES:
        may = role in MAY[rule.who]
        assert (rule in moves_for(request, people[role])) is may, role


@pytest.mark.parametrize("verb", DECIDERS)
def test_the_door_of_the_workflow_asks_who_comes(verb, iwa, local, people):
    request = ready_for(verb, iwa, people["coordinator"])
    if verb == "conclude":
        request.consultations.get().consulted.all().delete()
    for role in ("outsider", "secretary", "operator"):
        terms = {
            "propose": {"verb": "accept", "terms": {}},
            "defer": {"note": "Later.", "meeting": make.meeting(iwa)},
            "ask_back": {"note": "?"},
        }.get(verb, {"note": "So."})
        deciders = {
            "accept": deciding.accept_request,
            "decline": deciding.decline_request,
            "propose": deciding.propose,
        }
        door = deciders.get(verb) or getattr(workflow, verb)
        with pytest.raises(NotYours):
            door(request, by=people[role], **terms)
    request.refresh_from_db()
    assert request.state == AffiliationRequest.move_named(verb).sources[0]


@pytest.mark.parametrize("verb", list(REQUEST.doors))
def test_the_page_of_a_move_is_found_by_its_coordinators_alone(verb, iwa, local, people):
    request = ready_for(verb, iwa, people["coordinator"])
    if verb == "conclude":
        request.consultations.get().consulted.all().delete()
    now = AffiliationRequest.objects.values("state", "step", "meeting", "decision")
    before = now.get()
    url = f"/coordination/requests/{request.reference}/{verb}/"
    form = {"note": "So.", "seen": str(request.step), "meeting": "another", "body": "congress",
            "decided_on": "2026-05-01", "status": "friend"}  # fmt: skip
    for role in ("outsider", "secretary", "operator"):
        client = signed_in(people[role])
        assert client.get(url).status_code == 404
        assert client.post(url, form).status_code == 404
    assert Client().post(url, form).url.startswith("/accounts/login/")
    assert now.get() == before
    desk = signed_in(people["coordinator"])
    assert desk.get(url).status_code == 200
    assert desk.post(url, form).status_code == 302
    assert AffiliationRequest.objects.get().step == request.step + 1


@pytest.mark.parametrize(
    "page", ["confirm", "assign", "note"], ids=lambda page: f"requests/…/{page}"
)
def test_what_coordinators_do_among_themselves_is_found_by_them_alone(page, iwa, people):
    request = ready_for("propose", iwa, people["coordinator"])
    deciding.propose(request, by=people["coordinator"], verb="decline", terms={"note": "No."})
    url = f"/coordination/requests/{request.reference}/{page}/"
    for role in ("outsider", "secretary", "operator"):
        answer = signed_in(people[role]).post(url, {"seen": "2", "text": "x", "to": "nobody"})
        assert answer.status_code == 404
    assert Client().post(url).url.startswith("/accounts/login/")
    assert AffiliationRequest.objects.get().state == "submitted"
