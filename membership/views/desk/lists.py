"""The lists of the desk."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from directory import freshness
from directory.models import Affiliation, HostOrganisation
from federation.models import Federation
from membership.desk.filters import (
    ApplicationFilter,
    ClaimFilter,
    DeskFilter,
    EntriesFilter,
    ReportFilter,
)
from membership.models import EntryClaim, ErrorReport, Membership, MembershipApplication
from membership.views.desk.offices import offices_of, tabs_of
from membership.views.desk.requests import requests
from membership.views.guards import private
from membership.views.kinds import APPLICATION, CLAIM, REPORT, Desk
from membership.views.lists import page_of


@private
@login_required
@require_safe
def coordination(request: HttpRequest) -> HttpResponse:
    """Requests to one's federations; others are led to the first list that they have."""
    offices = offices_of(request.user)
    if not offices["coordinates"]:
        if offices["speaks"] and not offices["keeps"]:
            return redirect("membership:coordination_consultations")
        return redirect((APPLICATION if offices["keeps"] else CLAIM).list_url)
    return requests(request, offices)


@private
@login_required
@require_safe
def coordination_applications(request: HttpRequest) -> HttpResponse:
    """Applications to one's organisations. The list names no applicant."""
    offices = offices_of(request.user)
    if not offices["keeps"]:
        raise PermissionDenied
    found = MembershipApplication.objects.managed_by(request.user)
    found = found.select_related("organisation", "via")
    listed = ApplicationFilter(request.GET, queryset=found, user=request.user)
    return _list(request, APPLICATION, listed, offices)


@private
@login_required
@require_safe
def coordination_claims(request: HttpRequest) -> HttpResponse:
    """Who says to speak for an entry. The list names no claimant."""
    offices = offices_of(request.user)
    found = EntryClaim.objects.managed_by(request.user).select_related("organisation")
    return _list(request, CLAIM, ClaimFilter(request.GET, queryset=found), offices)


@private
@login_required
@require_safe
def coordination_reports(request: HttpRequest) -> HttpResponse:
    """What readers say is wrong in the entries that one keeps."""
    offices = offices_of(request.user)
    found = ErrorReport.objects.managed_by(request.user).select_related("organisation")
    return _list(request, REPORT, ReportFilter(request.GET, queryset=found), offices)


def _list(
    request: HttpRequest, kind: Desk, listed: DeskFilter, offices: dict[str, bool]
) -> HttpResponse:
    valid = listed.is_valid()
    context: dict[str, Any] = {
        **tabs_of(request.user, offices),
        "kind": kind,
        "filter": listed,
        "page": page_of(request, listed.qs if valid else listed.queryset.none()),
    }
    return render(request, "membership/coordination.html", context)


@private
@login_required
@require_safe
def coordination_organisations(request: HttpRequest) -> HttpResponse:
    """The organisations of one's federations, with the number of their members and no more."""
    offices = offices_of(request.user)
    if not offices["coordinates"]:
        raise PermissionDenied
    mine = Federation.objects.coordinated_by(request.user)
    bonds = Affiliation.objects.not_ended().filter(federation__in=mine)
    bonds = bonds.select_related("organisation", "federation", "status__federation")
    listed = EntriesFilter(request.GET, queryset=bonds)
    found = listed.qs if listed.is_valid() else bonds.none()
    page = page_of(request, found.order_by("federation", "organisation__sort_name", "pk"))
    found_hosts = HostOrganisation.objects.filter(federation__in=mine)
    hosts = list(found_hosts.select_related("organisation", "federation"))
    rows = [*page.rows, *hosts]
    numbers = Membership.objects.counted([row.organisation for row in rows])
    for row in rows:
        row.number = numbers.get(row.organisation_id, 0)
        row.is_overdue = freshness.is_overdue(row.organisation, timezone.localdate())
    context = {**tabs_of(request.user, offices), "filter": listed, "page": page, "hosts": hosts}
    return render(request, "membership/coordination_organisations.html", context)
