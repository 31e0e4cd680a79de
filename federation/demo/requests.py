"""Files what applicants would, and moves their requests to every state there is, by the doors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from directory.models import Meeting, Organisation
from federation.demo.dating import dated_back, day_ago, moved, put_back
from federation.demo.facts import read
from federation.demo.filings import common
from federation.demo.papers import paper
from federation.models import Federation, User
from membership.consultations import consulting
from membership.desk import teamwork
from membership.entrance.codes import send_code
from membership.models import AffiliationRequest, Consultation, Procedure
from membership.requests import documents, proposals, sponsoring, workflow

# What the forms keep of a question that was left empty.
EMPTY = {
    "acronym": "", "city": "", "website": "", "founded": "", "members": None, "contact_role": "",
    "names": [], "is_affiliated": "no", "affiliated_to": [], "affiliations": [], "sponsors": [],
    "questions": {},
}  # fmt: skip
Event = dict[str, Any]


@dataclass(frozen=True)
class Cast:
    """Who and what takes part, by the keys of the files.

    `coordinators` are those of each federation, the first one leading; `speakers` are the
    secretaries and delegates of its sections.
    """

    federations: Mapping[str, Federation]
    made: Mapping[str, Organisation]
    coordinators: Mapping[str, list[User]]
    speakers: Mapping[str, User]
    meetings: Mapping[str, Meeting]


def make_requests(cast: Cast) -> None:
    for row in read("filings")["requests"]:
        federation = cast.federations[row["federation"]]
        status = federation.statuses.get(slug=row["status"])
        request = AffiliationRequest(
            federation=federation,
            status=status,
            procedure=Procedure.objects.of_status(status),
            **common(row),
        )
        request.answers = EMPTY | row["answers"] | _looked_up(row, cast)
        request.full_clean()
        request.save()
        for name in row.get("documents", []):
            documents.attach(request, paper(name))
        request.refresh_from_db()
        _walk(request, row, cast)


def _looked_up(row: dict[str, Any], cast: Cast) -> dict[str, Any]:
    """What is an address in the directory, which the file knows by its key alone."""
    existing = cast.made[row["existing"]].slug if "existing" in row else ""
    sponsors = [cast.made[key].slug for key in row.get("sponsors", [])]
    return {"agrees": True, "organisation_slug": existing, "sponsors": sponsors}


def _walk(request: AffiliationRequest, row: dict[str, Any], cast: Cast) -> None:
    if row.get("state") == AffiliationRequest.State.DRAFT:
        send_code(request)
        return
    request = moved(row["ago"], partial(_submit, request))
    put_back(request, row["ago"], "submitted_at", "changed_at")
    for event in row.get("moves", []):
        if event["verb"] in _BESIDES:
            dated_back(event["ago"], partial(_BESIDES[event["verb"]], request, event, cast))
        else:
            request = _moved(request, event, cast)
    for consultation in request.consultations.filter(closed_at=None):
        opened = next(event for event in row["moves"] if event["verb"] == "consult")
        _date_back(consultation, opened["ago"])


def _submit(request: AffiliationRequest) -> AffiliationRequest:
    """The group that asks is invented, even where the federation it asks is real."""
    request = workflow.submit_request(request)
    if request.organisation and not request.organisation.is_fictional:
        request.organisation.is_fictional = True
        request.organisation.save()
    return request


def _moved(request: AffiliationRequest, event: Event, cast: Cast) -> AffiliationRequest:
    """The move by its verb, and what was counted from today counted from its day."""
    if event["verb"] == "conclude":
        _date_back(request.last_consultation, event["opened"])
    by = cast.coordinators[request.federation.slug][0]
    done: AffiliationRequest = moved(event["ago"], partial(_move, request, event, by, cast))
    if event["verb"] == "conclude":
        put_back(done.last_consultation, event["ago"], "closed_at")
    field = {"ask_back": "answer_due", "decline": "declined_on", "appeal": "appealed_at"}
    if event["verb"] in field:
        put_back(done, event["ago"], field[event["verb"]])
    if event["verb"] == "confirm" and done.declined_on:
        put_back(done, event["ago"], "declined_on")
    if event["verb"] == "propose":
        put_back(done.proposal_now(), event["ago"], "at")
    done.refresh_from_db()
    return done


def _date_back(consultation: Consultation, ago: float) -> None:
    """Replies are recorded before, so that they come in time."""
    put_back(consultation, ago, "opened_at", "opens_on", "closes_on")


def _move(request: AffiliationRequest, event: Event, by: User, cast: Cast) -> AffiliationRequest:
    verb, note = event["verb"], event.get("note", "")
    if verb in {"answer", "withdraw", "appeal"}:
        applicants: Callable[..., AffiliationRequest] = getattr(workflow, verb)
        return applicants(request, note=note)
    if verb == "defer":
        return workflow.defer(request, by=by, note=note, meeting=cast.meetings[event["meeting"]])
    if verb == "propose":
        return proposals.propose(
            request, by=by, verb=event["decision"], terms=_terms(request, event)
        )
    if verb == "confirm":
        return proposals.confirm(request, by=cast.coordinators[request.federation.slug][1])
    deciders: Callable[..., AffiliationRequest] = getattr(workflow, verb)
    return deciders(request, by=by, note=note)


def _terms(request: AffiliationRequest, event: Event) -> dict[str, Any]:
    """What the body decided; the organisation may be given another status than it asked for."""
    terms = {name: event[name] for name in ("body", "reference", "place", "note") if name in event}
    if "status" in event:
        terms["status"] = request.federation.statuses.get(slug=event["status"])
    return terms | {"decided_on": day_ago(event.get("decided", event["ago"]))}


# --- what is no move of the request ---------------------------------------------------------


def _reply(request: AffiliationRequest, event: Event, cast: Cast) -> None:
    asked = request.last_consultation.consulted.get(organisation=cast.made[event["by"]])
    made = consulting.reply(
        asked,
        by=cast.speakers[event["by"]],
        answer=event["answer"],
        assembly=event["assembly"],
        decided_on=day_ago(event["ago"] + 1),
        grounds=event.get("grounds", ""),
        seen=asked.replies.count(),
    )
    put_back(made, event["ago"], "at")


def _vouch(request: AffiliationRequest, event: Event, cast: Cast) -> None:
    asked = request.sponsorships.get(organisation=cast.made[event["by"]])
    sponsoring.answer_sponsorship(
        asked, by=cast.speakers[event["by"]], vouches=event["vouches"], note=event["note"]
    )
    put_back(asked, event["ago"], "answered_at")


def _note(request: AffiliationRequest, event: Event, cast: Cast) -> None:
    by = cast.coordinators[request.federation.slug][event["by"]]
    put_back(teamwork.note(request, by=by, text=event["note"]), event["ago"], "at")


def _assign(request: AffiliationRequest, event: Event, cast: Cast) -> None:
    people = cast.coordinators[request.federation.slug]
    teamwork.assign(request, by=people[event["by"]], to=people[event["to"]])


_BESIDES: dict[str, Callable[[AffiliationRequest, Event, Cast], None]] = {
    "reply": _reply,
    "vouch": _vouch,
    "note": _note,
    "assign": _assign,
}
