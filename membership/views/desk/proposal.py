"""A decision that waits for a second person: in words, and confirmed."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Body
from federation.models import StoredFile, User
from federation.states import NotOpen, NotYours, Refused
from membership.desk import teamwork
from membership.forms.decisions import AcceptRequestForm, DeclineRequestForm
from membership.forms.following import SeenForm
from membership.models import AffiliationRequest, Proposal
from membership.requests import proposals

# What the buttons say where a second person confirms.
PROPOSED = {
    "accept": gettext_lazy("Propose to accept"),
    "decline": gettext_lazy("Propose to decline"),
}
FORMS: dict[str, Any] = {"accept": AcceptRequestForm, "decline": DeclineRequestForm}
ORDER = (
    "status", "body", "decided_on", "place", "reference", "since", "waiver", "document", "note"
)  # fmt: skip


def proposal_words(proposal: Proposal | None, user: Any) -> dict[str, Any] | None:
    """What is proposed, by whom, and whether this person may confirm it."""
    if proposal is None:
        return None
    request = proposal.request
    fields = FORMS[proposal.verb].base_fields
    asked = {"status": request.status.slug} if proposal.verb == "accept" else {}
    terms = {"body": request.deciding_body, **asked, **proposal.terms}
    return {
        "verb": proposal.verb,
        "label": request.move_named(proposal.verb).label,
        "by": teamwork.called(_account(proposal)),
        "at": proposal.at,
        "is_own": proposal.by == user.pk,
        "rows": [
            {"label": fields[name].label, "value": _value(request, name, terms[name])}
            for name in ORDER
            if terms.get(name)
        ],
    }


def _account(proposal: Proposal) -> User | None:
    return User.objects.filter(pk=proposal.by).first() if proposal.by else None


def _value(request: AffiliationRequest, name: str, kept: str) -> Any:
    if name in proposals.DAYS:
        return date_format(datetime.date.fromisoformat(kept))
    if name == "body":
        return Body(kept).label
    if name == "status":
        found = request.federation.statuses.filter(slug=kept).first()
        return found.label if found else kept
    if name == "document":
        file = StoredFile.objects.filter(pk=kept).defer("content").first()
        return file.name if file else ""
    return kept


def confirm_proposal(
    request: HttpRequest, found: Any, refused: Callable[[Refused], HttpResponse]
) -> HttpResponse:
    """Show what is proposed; by POST let it happen. `refused` makes the page that says why not."""
    proposal = found.proposal_now()
    words = proposal_words(proposal, request.user)
    form = SeenForm(
        request.POST if request.method == "POST" else None, initial={"seen": found.step}
    )
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            proposals.confirm(found, by=request.user, seen=form.cleaned_data["seen"])
        except Refused as refusal:
            return refused(refusal)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _("Done, as it was proposed. The applicant gets a letter."))
            return redirect("membership:coordination_request", found.reference)
    elif words is None:
        return refused(NotOpen(_("No decision waits for a second person.")))
    elif words["is_own"]:
        return refused(NotYours())
    context = {"filing": found, "proposal": words, "form": form, "problems": problems}
    return render(request, "membership/coordination_confirmation.html", context)
