"""One request or application as a whole, and the moves that are open."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.models import Affiliation
from federation import audit
from federation.states import Move, federation_slug, moves_for
from membership.consultations import heard
from membership.desk import inbox, teamwork
from membership.forms.desk import AssignForm, RequestNoteForm
from membership.letters.sending import letters_about
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    MembershipApplication,
    Sponsorship,
)
from membership.references import normal
from membership.requests.deciding import needs_second
from membership.requests.documents import documents_of
from membership.requests.namesakes import namesakes
from membership.summaries import rows, steps_for_deciders
from membership.views.desk.proposal import PROPOSED, proposal_words
from membership.views.guards import private
from membership.views.kinds import Desk


@private
@login_required
@require_safe
def filing(request: HttpRequest, kind: Desk, reference: str) -> HttpResponse:
    """Everything that the applicant wrote, what has happened, and the moves that are open now."""
    found = found_or_404(request, kind, reference)
    if isinstance(found, MembershipApplication | EntryClaim):
        audit.record(
            audit.Action.READ,
            found,
            by=request.user,
            office=found.office_of(request.user),
            federation=federation_slug(found),
        )
    return render(request, f"membership/coordination_{kind.name}.html", page(request, kind, found))


def page(request: HttpRequest, kind: Desk, found: Any) -> dict[str, Any]:
    """What the page of the filing shows."""
    context = {
        "kind": kind,
        "filing": found,
        "rows": rows(found),
        "steps": steps_for_deciders(found.steps.all(), request.user),
        "moves": moves(request.user, kind, found),
    }
    if isinstance(found, AffiliationRequest):
        context |= _of_request(request, found)
    return context


def _of_request(request: HttpRequest, found: Any) -> dict[str, Any]:
    """What hangs on a request."""
    user: Any = request.user
    inbox.in_words(found, user)
    return {
        "not_yet": not_yet(found),
        "proposal": proposal_words(found.proposal_now(), user),
        "namesakes": namesakes(found, user) if found.is_open else [],
        "bonds": _bonds(user, found),
        "documents": documents_of(found),
        "letters": letters_about(found.reference),
        "overview": heard.overview(found.last_consultation),
        **_sponsors(user, found),
        "notes": teamwork.notes_of(found),
        "note_form": RequestNoteForm(),
        "assign_form": AssignForm(filing=found, user=user) if found.is_open else None,
        "assigned_name": teamwork.called(found.assigned_to),
    }


def _sponsors(user: Any, found: AffiliationRequest) -> dict[str, Any]:
    """All that were named, and those without a secretary here, whose letters are recorded."""
    sponsors = list(found.sponsorships.select_related("organisation"))
    rows = Sponsorship.objects.recorded_by(user).filter(pk__in=[one.pk for one in sponsors])
    recordable = rows.order_by().values_list("pk", flat=True)
    return {"sponsors": sponsors, "recordable": set(recordable)}


def found_or_404(request: HttpRequest, kind: Desk, reference: str) -> Any:
    if normal(reference) != reference:
        raise Http404
    manager: Any = kind.model._default_manager
    mine = manager.managed_by(request.user)
    if kind.model is AffiliationRequest:
        mine = inbox.with_turns(inbox.dated(mine), request.user).select_related(
            "federation", "status__federation", "organisation", "procedure__federation",
            "meeting__federation", "assigned_to",
        )  # fmt: skip
    return get_object_or_404(mine, reference=reference)


# --- buttons --------------------------------------------------------------------------------


def moves(user: Any, kind: Desk, found: Any) -> list[dict[str, Any]]:
    """A button for each legal move, in the order of the table."""
    in_two_steps = isinstance(found, AffiliationRequest) and needs_second(found, found.status)
    proposal = found.proposal_now() if isinstance(found, AffiliationRequest) else None
    own = proposal.verb if proposal and proposal.by == user.pk else ""
    buttons = []
    for move in moves_for(found, user):
        proposes = in_two_steps and move.verb in PROPOSED
        if move.verb not in kind.doors:
            continue
        buttons.append(
            {
                "label": str(_named(move, proposes, own)),
                "verb": move.verb,
                "is_own": proposes and move.verb == own,
                "url": kind.url(f"coordination_{kind.name}_move", found.reference, move.verb),
            }
        )
    return buttons


def _named(move: Move, proposes: bool, own: str) -> Any:
    """What one has proposed oneself is there already; it can only be written anew."""
    if proposes:
        return _("Propose it anew") if move.verb == own else PROPOSED[move.verb]
    return move.label


def not_yet(found: AffiliationRequest) -> list[dict[str, str]]:
    """The deciders' moves that the state allows but the procedure does not, each with why."""
    lines = []
    for move in found.MOVES:
        if move.who != "decider" or found.state not in move.sources:
            continue
        why = found.forbids(move.verb)
        if why:
            lines.append({"label": str(move.label), "why": str(why)})
    return lines


def _bonds(user: Any, found: AffiliationRequest) -> list[Affiliation]:
    """The statuses that an asking organisation has already."""
    bonds = Affiliation.objects.visible_to(user).not_ended()
    bonds = bonds.filter(organisation=found.organisation_id)
    return list(bonds.select_related("federation", "status__federation"))
