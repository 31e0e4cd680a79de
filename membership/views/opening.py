"""Opening a proceeding: first about whom, then of which kind, then what it needs.

Each step is an address of its own, so that nothing but a browser is needed.
"""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Affiliation, Organisation
from directory.models.keepers import COORDINATOR, SECRETARY
from federation.models import Federation
from membership.forms.proceedings import OpenForm
from membership.models import Proceeding
from membership.proceedings.opening import is_suspended, open_proceeding
from membership.views.desk import offices_of, show_errors, tabs_of
from membership.views.guards import private
from membership.views.lists import page_of
from membership.views.proceedings import PAGE

Kind = Proceeding.Kind
LONGEST = 200
SLUG = re.compile(r"[-\w]{1,200}")
MEANS = {
    Kind.WITHDRAWAL: gettext_lazy("The organisation has decided to leave. That is only recorded."),
    Kind.LAPSE: gettext_lazy("A rule of the federation ends it, for example after unpaid dues."),
    Kind.SUSPENSION: gettext_lazy("Its rights rest for a time; it stays affiliated."),
    Kind.RESTORATION: gettext_lazy("A suspended organisation gets its rights back."),
    Kind.DISAFFILIATION: gettext_lazy("The federation ends it. The organisation is heard before."),
    Kind.EXPULSION: gettext_lazy("It is expelled. The organisation is heard before."),
    Kind.MERGER: gettext_lazy("It goes into another organisation, or another one continues it."),
    Kind.SPLIT: gettext_lazy("One or more organisations have come out of it."),
    Kind.CHANGE: gettext_lazy("It gets another status of the same federation, up or down."),
}


def running_bonds(user: Any) -> Any:
    """What can be dealt with: running bonds to one's federations, and of one's organisations."""
    rows = Affiliation.objects.standing().filter(until=None, gone_on=None)
    return rows.filter(
        Q(federation__in=Federation.objects.coordinated_by(user))
        | Q(organisation__in=Organisation.objects.kept_by(user))
    ).select_related("organisation", "federation", "status__federation")


@private
@login_required
def coordination_proceeding_new(request: HttpRequest) -> HttpResponse:
    """The step that the address asks for."""
    offices = offices_of(request.user)
    asked = request.GET
    if not asked.get("organisation"):
        return _whom(request, offices)
    bonds = running_bonds(request.user).filter(organisation__slug=_slug(asked["organisation"]))
    if asked.get("federation"):
        bonds = bonds.filter(federation__slug=_slug(asked["federation"]))
    bonds = list(bonds)
    if not bonds:
        raise Http404
    if len(bonds) != 1:
        return _whom(request, offices, bonds)
    ways = _ways(request.user, bonds[0])
    way = next((way for way in ways if _is_asked(way, asked)), None)
    if way is None:
        context = {"bond": bonds[0], "ways": ways, "asks": _asks(request.user, bonds[0])}
        return render(request, "membership/proceeding_kind.html", context)
    return _open(request, bonds[0], way)


def _slug(text: str) -> str:
    """What can be a short name at all; nothing else reaches the database."""
    if not SLUG.fullmatch(text):
        raise Http404
    return text


def _whom(request: HttpRequest, offices: dict[str, bool], bonds: Any = None) -> HttpResponse:
    """All that can be dealt with, by name."""
    words = request.GET.get("q", "")[:LONGEST]
    found = running_bonds(request.user) if bonds is None else Affiliation.objects.none()
    if words:
        organisations = Organisation.objects.found_by(words).order_by()
        found = found.filter(organisation__in=organisations.values("pk"))
    found = found.order_by("organisation__sort_name", "federation", "pk")
    context = {
        **tabs_of(request.user, offices),
        "words": words,
        "page": page_of(request, bonds or found),
    }
    return render(request, "membership/proceeding_whom.html", context)


def _ways(user: Any, bond: Affiliation) -> list[dict[str, Any]]:
    """The kinds that the person may open about this bond, each in the office for it."""
    coordinates = Federation.objects.coordinated_by(user).filter(pk=bond.federation_id).exists()  # type: ignore[attr-defined]
    keeps = Organisation.objects.kept_by(user).filter(pk=bond.organisation_id).exists()  # type: ignore[attr-defined]
    rests = is_suspended(bond.organisation, bond.federation)
    senseless = Kind.SUSPENSION if rests else Kind.RESTORATION
    ways = [(kind, SECRETARY) for kind in Proceeding.BY_ORGANISATION] if keeps else []
    if coordinates:
        ways += [(kind, COORDINATOR) for kind in Kind if kind != senseless]
    return [_way(bond, kind, office) for kind, office in ways]


def _way(bond: Affiliation, kind: Kind, office: str) -> dict[str, Any]:
    query = QueryDict(mutable=True)
    query.update(
        {
            "organisation": bond.organisation.slug,
            "federation": bond.federation.slug,
            "kind": kind.value,
            "office": office,
        }
    )
    address = reverse("membership:coordination_proceeding_new")
    return {
        "kind": kind,
        "office": office,
        "means": MEANS[kind],
        "url": f"{address}?{query.urlencode()}",
    }


def _is_asked(way: dict[str, Any], asked: QueryDict) -> bool:
    return bool(
        asked.get("kind") == way["kind"] and asked.get("office", way["office"]) == way["office"]
    )


def _asks(user: Any, bond: Affiliation) -> str:
    """Where a secretary asks for another status by the ordinary way, if there is one."""
    keeps = Organisation.objects.kept_by(user).filter(pk=bond.organisation_id)  # type: ignore[attr-defined]
    offered = bond.federation.statuses.open_to_requests().exclude(pk=bond.status_id)  # type: ignore[attr-defined]
    if not keeps.exists() or not offered.exists():
        return ""
    return reverse("membership:affiliate", args=[bond.federation.slug])


def _open(request: HttpRequest, bond: Affiliation, way: dict[str, Any]) -> HttpResponse:
    statuses = bond.federation.statuses.exclude(pk=bond.status_id).select_related("federation")  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else None
    form = OpenForm(data, kind=way["kind"], office=way["office"], statuses=statuses)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_proceeding(
                kind=way["kind"].value, organisation=bond.organisation, by=request.user,
                federation=bond.federation, office=way["office"], **form.cleaned_data,
            )  # fmt: skip
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("It is opened. Those concerned get a letter about it."))
            return redirect(PAGE, made.reference)
    context = {"bond": bond, "way": way, "form": form}
    return render(request, "membership/proceeding_new.html", context)
