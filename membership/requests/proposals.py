"""Decisions on requests: made at once, or put before a second person by the procedure."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.files import keeping
from federation.files.cleaning import Clean
from federation.models import StoredFile
from federation.states import NotOpen
from membership.models import AffiliationRequest, Proposal
from membership.requests import deciding

Terms = dict[str, Any]

DECIDING = {"accept": deciding.accept_request, "decline": deciding.decline_request}
DAYS = ("decided_on", "since")


def accept(request: AffiliationRequest, **terms: Any) -> AffiliationRequest:
    """Accept, or propose it; `terms` are those of the workflow, a `document` cleaned."""
    return _decide(request, "accept", **terms)


def decline(request: AffiliationRequest, **terms: Any) -> AffiliationRequest:
    """Decline, or propose it; `terms` as `deciding.decline_request` takes them."""
    return _decide(request, "decline", **terms)


def _decide(
    request: AffiliationRequest,
    verb: str,
    *,
    by: Any,
    seen: int | None = None,
    document: Clean | None = None,
    **terms: Any,
) -> AffiliationRequest:
    with transaction.atomic():
        if document is not None:
            terms["document"] = keeping.keep(document)
        given = terms.get("status") or request.status
        if deciding.needs_second(request, given if verb == "accept" else None):
            # The day of the decision is not that of its confirmation.
            terms.setdefault("decided_on", timezone.localdate())
            return propose(request, by=by, verb=verb, terms=terms, seen=seen)
        return DECIDING[verb](request, by=by, seen=seen, **terms)


def propose(
    request: AffiliationRequest, *, by: Any, verb: str, terms: Terms, seen: int | None = None
) -> AffiliationRequest:
    """Put a decision before a second person, if it is one that could be made now."""
    why = request.forbids(verb)
    if why:
        raise NotOpen(why)
    with transaction.atomic():
        done = deciding.propose(request, by=by, verb=verb, terms=written(terms), seen=seen)
        _drop_files_of_void_ones(done)
    return done


def confirm(request: AffiliationRequest, *, by: Any, seen: int | None = None) -> AffiliationRequest:
    """The second person agrees: what was proposed happens, as it was proposed."""
    proposal = request.proposal_now()
    if proposal is None:
        raise NotOpen(_("No decision waits for a second person."))
    terms = read(request, proposal.terms)
    return DECIDING[proposal.verb](request, by=by, seen=seen, proposal=proposal, **terms)


# --- terms, fit for JSON --------------------------------------------------------------------


def written(terms: Terms) -> Terms:
    """Terms of a decision as a proposal keeps them."""
    kept = {name: value for name, value in terms.items() if value not in ("", None)}
    for name in DAYS:
        if name in kept:
            kept[name] = kept[name].isoformat()
    if "status" in kept:
        kept["status"] = kept["status"].slug
    if "document" in kept:
        kept["document"] = str(kept["document"].pk)
    return kept


def read(request: AffiliationRequest, kept: Terms) -> Terms:
    """The terms of a decision from what a proposal keeps."""
    terms = dict(kept)
    for name in DAYS:
        if name in terms:
            terms[name] = datetime.date.fromisoformat(terms[name])
    if "status" in terms:
        terms["status"] = request.federation.statuses.filter(slug=terms["status"]).first()
        if terms["status"] is None:
            raise ValidationError(_("The status that was proposed is no longer there."))
    if "document" in terms:
        terms["document"] = StoredFile.objects.get(pk=terms["document"])
    return terms


def _drop_files_of_void_ones(request: AffiliationRequest) -> None:
    """Documents of proposals that came to nothing belong to no decision."""
    void: Any = Proposal.objects.filter(request=request).exclude(step=request.step)
    files = [proposal.terms["document"] for proposal in void if "document" in proposal.terms]
    StoredFile.objects.filter(pk__in=files, decision=None).delete()
