"""An organisation asks a federation for a status: what it should know first, and the form."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from federation.models import Federation
from membership import sessions
from membership.forms.request import RequestForm, open_statuses
from membership.models import AffiliationRequest
from membership.views.guards import DRAFT, DRAFTS_AN_HOUR, may, private, save_draft, too_many
from membership.views.kinds import REQUEST


def _federation(request: HttpRequest, slug: str) -> Federation:
    found: Federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
    return found


@require_safe
def affiliate(request: HttpRequest, slug: str) -> HttpResponse:
    """What is needed, how long it takes, who decides, and what happens to the data."""
    federation = _federation(request, slug)
    statuses = open_statuses(federation)
    rights = [
        {"label": row[0][0], "values": [value for _label, value in row]}
        for row in zip(*(status.rights for status in statuses), strict=True)
    ]
    context = {"federation": federation, "statuses": statuses, "rights_rows": rights}
    return render(request, "membership/affiliate.html", context)


@private
def affiliate_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; `?status=` preselects one, `?draft=` changes a draft of this browser."""
    federation = _federation(request, slug)
    if not open_statuses(federation):
        return redirect("membership:affiliate", slug)
    draft = _draft(request, federation)
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        federation=federation,
        visitor=request.user,
        purpose=f"request:{slug}",
        draft_token=draft.form_token if draft else None,
        initial=RequestForm.initial_of(draft) if draft else _wanted(request),
    )
    if request.method == "POST" and form.is_valid():
        if not draft and not may(request, "draft", DRAFTS_AN_HOUR):
            return too_many(request, DRAFTS_AN_HOUR)
        saved = save_draft(request, form, AffiliationRequest(federation=federation))
        if saved.state != DRAFT:
            return redirect(REQUEST.page(saved.reference))
        return redirect(REQUEST.part(saved.reference, "check"))
    context = {"federation": federation, "form": form, "draft": draft}
    return render(request, "membership/affiliate_form.html", context)


def _draft(request: HttpRequest, federation: Federation) -> AffiliationRequest | None:
    """The draft that is to be changed, if this browser may."""
    if "draft" not in request.GET:
        return None
    drafts = AffiliationRequest.objects.filter(federation=federation, state=DRAFT)
    found: AffiliationRequest | None = sessions.open_here(request, drafts, request.GET["draft"])
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest) -> dict[str, Any]:
    return {"status": request.GET["status"]} if "status" in request.GET else {}
