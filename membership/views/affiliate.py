"""An organisation asks a federation for a status: what it should know first, and how it begins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from federation.models import Federation, Status
from membership.forms.request import BeginForm
from membership.models import AffiliationRequest, Procedure
from membership.procedures.publishing import in_words
from membership.requests.namesakes import unanswered
from membership.requests.sections import open_statuses
from membership.views.guards import DRAFT, DRAFTS_AN_HOUR, may, private, save_draft, too_many
from membership.views.kinds import REQUEST


def _federation(request: HttpRequest, slug: str) -> Federation:
    found: Federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
    return found


@require_safe
def affiliate(request: HttpRequest, slug: str) -> HttpResponse:
    """What is needed, who is heard and decides, how long it takes, and what is done with it."""
    federation = _federation(request, slug)
    statuses = open_statuses(federation)
    rights = [
        {"label": row[0][0], "values": [value for _label, value in row]}
        for row in zip(*(status.rights for status in statuses), strict=True)
    ]
    ways = [(status, rules, in_words(rules)) for status, rules in _rules_of(federation, statuses)]
    context = {"federation": federation, "statuses": statuses, "ways": ways, "rights_rows": rights}
    return render(request, "membership/affiliate.html", context)


def _rules_of(federation: Federation, statuses: list[Status]) -> list[tuple[Status, Procedure]]:
    """Each status with the procedure in force; where none was written, with the plainest."""
    rules = Procedure.objects.in_force().filter(status__in=statuses)
    found = {one.status_id: one for one in rules.prefetch_related("questions")}
    pairs = []
    for status in statuses:
        one = found.get(status.pk) or Procedure(federation=federation, status=status)
        one.federation, one.status = federation, status
        pairs.append((status, one))
    return pairs


@private
def affiliate_form(request: HttpRequest, slug: str) -> HttpResponse:
    """What a draft begins with; `?status=` preselects one."""
    federation = _federation(request, slug)
    if not open_statuses(federation):
        return redirect("membership:affiliate", slug)
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        federation=federation,
        purpose=f"request:{slug}",
        initial=_wanted(request),
    )
    if request.method == "POST" and form.is_valid():
        if not may(request, "draft", DRAFTS_AN_HOUR):
            return too_many(request, DRAFTS_AN_HOUR)
        draft = save_draft(request, form, AffiliationRequest(federation=federation))
        if draft.state != DRAFT:
            return redirect(REQUEST.page(draft.reference))
        return redirect(REQUEST.part(draft.reference, "same" if unanswered(draft) else "tasks"))
    context = {"federation": federation, "form": form}
    return render(request, "membership/affiliate_form.html", context)


def _wanted(request: HttpRequest) -> dict[str, Any]:
    return {"status": request.GET["status"]} if "status" in request.GET else {}
