"""What the applicant sees of a request beside the timeline: what comes, and what came of it."""

from typing import Any

from federation.states import APPLICANT, moves_for
from membership.consultations import counting, heard
from membership.models import AffiliationRequest
from membership.requests import documents, sponsoring, standing
from membership.requests.next_steps import body_name, next_step

State = AffiliationRequest.State
DECIDED = (State.ACCEPTED, State.DECLINED)


def of_request(request: AffiliationRequest) -> dict[str, Any]:
    """Of the consultation only that it runs and until when; who said what, where the federation
    publishes it, after it was counted.
    """
    consultation = request.last_consultation
    replies = heard.published(consultation)
    return {
        "next": next_step(request),
        "documents": documents.documents_of(request),
        "may_add_documents": documents.may_add(request),
        "decision": standing.decision_of(request) if request.state in DECIDED else None,
        "bond": standing.bond_of(request) if request.state in DECIDED else None,
        "reason": _reason(request),
        "may_appeal": may_appeal(request),
        "appeal_body": body_name(request.procedure.appeal_body),
        "appeal_until": request.appeal_until,
        "replies": replies,
        "sponsors": list(request.sponsorships.select_related("organisation")),
        "may_name_sponsor": sponsoring.may_name(request),
        "result": counting.explained(consultation) if replies else [],
    }


def may_appeal(request: AffiliationRequest) -> bool:
    return any(move.verb == "appeal" for move in moves_for(request, APPLICANT))


def _reason(request: AffiliationRequest) -> str:
    """What stood beside the decision, in the words of those who recorded it."""
    if request.state not in DECIDED:
        return ""
    last = request.steps.last()
    return str(last.note) if last else ""
