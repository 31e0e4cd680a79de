"""The list of requests: what waits for me first, narrowed down, kept under names."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from federation.models import Federation
from membership.desk import inbox, shelves
from membership.desk.filters import RequestFilter
from membership.forms.bulk import BulkMoveForm
from membership.forms.desk import ShelfForm
from membership.models import AffiliationRequest, SavedFilter
from membership.views.desk.offices import coordinated_by, tabs_of
from membership.views.guards import private
from membership.views.kinds import REQUEST
from membership.views.lists import page_of


def rows_for(user: Any) -> "QuerySet[AffiliationRequest]":
    """All requests that the person decides on, with their turns and days."""
    found = inbox.with_turns(inbox.dated(AffiliationRequest.objects.managed_by(user)), user)
    mine: QuerySet[AffiliationRequest] = found.select_related(
        "federation", "status__federation", "organisation", "meeting__federation", "assigned_to",
        "procedure",
    )  # fmt: skip
    return mine


def found_by(query: str, user: Any, mine: list[Federation]) -> Any:
    """What a saved query finds now; nothing, if its words mean nothing any more."""
    found = RequestFilter(QueryDict(query), queryset=rows_for(user), user=user, mine=mine)
    return found.qs.order_by() if found.is_valid() else found.queryset.none()


def requests(request: HttpRequest, offices: dict[str, bool]) -> HttpResponse:
    """The list itself, with the saved filters and what can be done with several at once."""
    user: Any = request.user
    mine = coordinated_by(user)
    listed = RequestFilter(request.GET, queryset=rows_for(user), user=user, mine=mine)
    found = listed.qs if listed.is_valid() else listed.queryset.none()
    page = page_of(request, found)
    for row in page.rows:
        inbox.in_words(row, user)
    query = shelves.plain(request.GET.urlencode(), RequestFilter.names())
    shelf = shelves.saved_by(user)
    shelves.count(
        AffiliationRequest.objects.managed_by(user), shelf, lambda one: found_by(one, user, mine)
    )
    for one in shelf:
        one.is_here = one.query == query
    context: dict[str, Any] = {
        **tabs_of(user, offices),
        "kind": REQUEST,
        "filter": listed,
        "page": page,
        "query": query,
        "shelves": shelf,
        "sorts": _sorts(request, listed),
        "chips": _chips(request, listed),
        "clear_url": reverse("membership:coordination"),
        "bulk": BulkMoveForm(),
    }
    return render(request, "membership/coordination_requests.html", context)


def _sorts(request: HttpRequest, listed: RequestFilter) -> dict[str, dict[str, Any]]:
    """By column: where it is sorted by, and whether the list is now."""
    chosen = listed.form["sort"].value()
    columns = {"name": ("name", "name"), "due": ("due", "due"), "age": ("oldest", "newest")}
    sorts = {}
    for column, (up, down) in columns.items():
        query = request.GET.copy()
        query.pop("page", None)
        query["sort"] = down if chosen == up else up
        direction = {up: "ascending", down: "descending"} if up != down else {up: "ascending"}
        sorts[column] = {"url": f"?{query.urlencode()}", "direction": direction.get(chosen, "")}
    return sorts


def _chips(request: HttpRequest, listed: RequestFilter) -> list[dict[str, str]]:
    """By what the list is narrowed down now, each with the list without it."""
    chips = []
    for field in listed.form if listed.is_valid() else ():
        if request.GET.get(field.name) and field.name != "sort":
            query = request.GET.copy()
            for name in (field.name, "page"):
                query.pop(name, None)
            words = dict(field.field.choices).get(field.value(), "")
            url = f"?{query.urlencode()}"
            chips.append({"label": str(field.label), "value": str(words), "url": url})
    return chips


# --- saved filters --------------------------------------------------------------------------


@private
@login_required
@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows now under a name."""
    coordinated_by(request.user)
    user: Any = request.user
    query = shelves.plain(request.POST.get("query", "")[:2000], RequestFilter.names())[:500]
    form = ShelfForm(request.POST)
    if form.is_valid():
        try:
            shelves.save(user, form.cleaned_data["name"], query)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
    else:
        messages.warning(request, _("Give the filter a name of at most 60 characters."))
    return redirect(f"{reverse('membership:coordination')}?{query}")


@private
@login_required
@require_POST
def drop_filter(request: HttpRequest, shelf: uuid.UUID) -> HttpResponse:
    """Take one of one's own away."""
    found = get_object_or_404(SavedFilter.objects.managed_by(request.user), pk=shelf)
    found.delete()
    return redirect("membership:coordination")
