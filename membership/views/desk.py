"""The desk of those who decide: what waits, a request or application as a whole, and every move.

All rows come from `managed_by(user)`: what lies outside of it is not found.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory import freshness
from directory.models import Affiliation, HostOrganisation, Organisation
from federation import audit
from federation.models import Federation
from federation.scopes import is_operator
from federation.states import Move, NotOpen, Overtaken, Refused, federation_slug, moves_for
from membership.filters import (
    ApplicationFilter,
    ClaimFilter,
    DeskFilter,
    EntriesFilter,
    ReportFilter,
    RequestFilter,
)
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    Membership,
    MembershipApplication,
)
from membership.namesakes import namesakes
from membership.references import normal
from membership.summaries import rows, steps_for_deciders
from membership.views.guards import private
from membership.views.kinds import APPLICATION, CLAIM, REPORT, REQUEST, Desk
from membership.views.lists import page_of

View = Callable[..., HttpResponse]


def _offices(user: Any) -> dict[str, bool]:
    """Which lists the person has, by their offices."""
    coordinates = Federation.objects.coordinated_by(user).exists()
    keeps = Organisation.objects.kept_by(user).exists()
    if not (coordinates or keeps or is_operator(user)):
        raise PermissionDenied
    return {"coordinates": coordinates, "keeps": keeps}


# --- lists ----------------------------------------------------------------------------------


@private
@login_required
@require_safe
def coordination(request: HttpRequest) -> HttpResponse:
    """Requests to one's federations; others are led to the first list that they have."""
    offices = _offices(request.user)
    if not offices["coordinates"]:
        return redirect((APPLICATION if offices["keeps"] else CLAIM).list_url)
    found = AffiliationRequest.objects.managed_by(request.user)
    found = found.select_related("federation", "status__federation", "organisation")
    listed = RequestFilter(request.GET, queryset=found, user=request.user)
    return _list(request, REQUEST, listed, offices)


@private
@login_required
@require_safe
def coordination_applications(request: HttpRequest) -> HttpResponse:
    """Applications to one's organisations. The list names no applicant."""
    offices = _offices(request.user)
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
    offices = _offices(request.user)
    found = EntryClaim.objects.managed_by(request.user).select_related("organisation")
    return _list(request, CLAIM, ClaimFilter(request.GET, queryset=found), offices)


@private
@login_required
@require_safe
def coordination_reports(request: HttpRequest) -> HttpResponse:
    """What readers say is wrong in the entries that one keeps."""
    offices = _offices(request.user)
    found = ErrorReport.objects.managed_by(request.user).select_related("organisation")
    return _list(request, REPORT, ReportFilter(request.GET, queryset=found), offices)


def _list(
    request: HttpRequest, kind: Desk, listed: DeskFilter, offices: dict[str, bool]
) -> HttpResponse:
    valid = listed.is_valid()
    context = {
        **_tabs(request.user, offices),
        "kind": kind,
        "filter": listed,
        "page": page_of(request, listed.qs if valid else listed.queryset.none()),
    }
    return render(request, "membership/coordination.html", context)


def _tabs(user: Any, offices: dict[str, bool]) -> dict[str, Any]:
    """The lists of the desk, and how much waits in each."""
    requests = AffiliationRequest.objects.managed_by(user).waiting()
    applications = MembershipApplication.objects.managed_by(user).waiting()
    return {
        **offices,
        "requests_waiting": requests.count() if offices["coordinates"] else 0,
        "applications_waiting": applications.count() if offices["keeps"] else 0,
        "claims_waiting": EntryClaim.objects.managed_by(user).waiting().count(),
        "reports_waiting": ErrorReport.objects.managed_by(user).waiting().count(),
        "kept": list(Organisation.objects.kept_by(user)) if offices["keeps"] else [],
    }


@private
@login_required
@require_safe
def coordination_organisations(request: HttpRequest) -> HttpResponse:
    """The organisations of one's federations, with the number of their members and no more."""
    offices = _offices(request.user)
    if not offices["coordinates"]:
        raise PermissionDenied
    mine = Federation.objects.coordinated_by(request.user)
    bonds = Affiliation.objects.not_ended().filter(federation__in=mine)
    bonds = bonds.select_related("organisation", "federation", "status__federation")
    listed = EntriesFilter(request.GET, queryset=bonds)
    found = listed.qs if listed.is_valid() else bonds.none()
    page = page_of(request, found.order_by("federation", "organisation__sort_name", "pk"))
    hosts = HostOrganisation.objects.filter(federation__in=mine)
    hosts = list(hosts.select_related("organisation", "federation"))
    rows = [*page.rows, *hosts]
    numbers = Membership.objects.counted([row.organisation for row in rows])
    for row in rows:
        row.number = numbers.get(row.organisation_id, 0)
        row.is_overdue = freshness.is_overdue(row.organisation, timezone.localdate())
    context = {**_tabs(request.user, offices), "filter": listed, "page": page, "hosts": hosts}
    return render(request, "membership/coordination_organisations.html", context)


# --- one request or application -------------------------------------------------------------


@private
@login_required
@require_safe
def filing(request: HttpRequest, kind: Desk, reference: str) -> HttpResponse:
    """Everything that the applicant wrote, what has happened, and the moves that are open now."""
    found = _found(request, kind, reference)
    if isinstance(found, MembershipApplication | EntryClaim):
        audit.record(
            audit.Action.READ,
            found,
            by=request.user,
            office=found.office_of(request.user),
            federation=federation_slug(found),
        )
    context = {
        "kind": kind,
        "filing": found,
        "rows": rows(found),
        "steps": steps_for_deciders(found.steps.all(), request.user),
        "moves": _moves(request, kind, found),
        "namesakes": namesakes(found, request.user)
        if isinstance(found, AffiliationRequest)
        else [],
        "bonds": _bonds(request, found),
    }
    return render(request, f"membership/coordination_{kind.name}.html", context)


def _found(request: HttpRequest, kind: Desk, reference: str) -> Any:
    if normal(reference) != reference:
        raise Http404
    manager: Any = kind.model._default_manager
    return get_object_or_404(manager.managed_by(request.user), reference=reference)


def _moves(request: HttpRequest, kind: Desk, found: Any) -> list[dict[str, str]]:
    """A button for each legal move, in the order of the table."""
    return [
        {
            "label": str(move.label),
            "verb": move.verb,
            "url": kind.url(f"coordination_{kind.name}_move", found.reference, move.verb),
        }
        for move in moves_for(found, request.user)
    ]


def _bonds(request: HttpRequest, found: Any) -> list[Affiliation]:
    """The statuses that an asking organisation has already."""
    if not isinstance(found, AffiliationRequest):
        return []
    bonds = Affiliation.objects.visible_to(request.user).not_ended()
    bonds = bonds.filter(organisation=found.organisation_id)
    return list(bonds.select_related("federation", "status__federation"))


# --- moves ----------------------------------------------------------------------------------


@private
@login_required
def move(request: HttpRequest, kind: Desk, reference: str, verb: str) -> HttpResponse:
    """Asks for what the move needs, and makes it."""
    found = _found(request, kind, reference)
    if verb not in kind.doors:
        raise Http404
    door, rule = kind.doors[verb], kind.model.move_named(verb)
    form = door.form(request.POST if request.method == "POST" else None, filing=found)
    if request.method == "POST" and form.is_valid():
        try:
            done = door.act(found, by=request.user, **form.terms)
        except Refused as refusal:
            return _refused(request, kind, found, refusal, form)
        except ValidationError as error:
            _show_errors(form, error)
        else:
            _confirm(request, rule, done)
            return redirect(f"membership:coordination_{kind.name}", reference)
    elif rule not in moves_for(found, request.user):
        return _refused(request, kind, found, NotOpen(), form)
    context = {"kind": kind, "filing": found, "form": form, "move": rule}
    return render(request, "membership/coordination_move.html", context)


def _show_errors(form: Any, error: ValidationError) -> None:
    """Beside the fields where there are such fields, else on top of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, errors in error.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _confirm(request: HttpRequest, rule: Move, done: Any) -> None:
    organisation = done.organisation
    if isinstance(done, ErrorReport):
        days = ErrorReport.KEPT.days
        messages.success(request, _("Done. It is deleted in %(days)s days.") % {"days": days})
    elif (
        rule.verb == "accept" and isinstance(done, AffiliationRequest) and organisation is not None
    ):
        text = _("Accepted. {link} stands in the directory with its status.")
        address = organisation.get_absolute_url()
        link = format_html('<a href="{}"><bdi>{}</bdi></a>', address, organisation.name)
        messages.success(request, format_html(text, link=link))
    else:
        messages.success(request, _("Done. The applicant gets a letter about it."))


def _refused(
    request: HttpRequest, kind: Desk, found: Any, refusal: Refused, form: Any
) -> HttpResponse:
    """Says what happened since, and gives back what was written. Nothing was changed."""
    steps = found.steps.all()
    since = refusal.since if isinstance(refusal, Overtaken) else list(steps)[-1:]
    context = {
        "message": str(refusal),
        "steps": steps_for_deciders(since, request.user),
        "text": form.data.get("note", "")[:5000] if form.is_bound else "",
        "back_url": kind.url(f"coordination_{kind.name}", found.reference),
    }
    return render(request, "membership/refused.html", context, status=409)
