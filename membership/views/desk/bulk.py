"""The same for several requests: first a preview, then each in a transaction of its own.

Nothing happens on GET. The preview hands out, for each row, the step and the assignment that
it has shown; what has changed since is refused, and told.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from federation.models import Federation
from federation.outages import NOT_SAVED, is_outage
from federation.states import NotOpen, Refused
from membership.forms.bulk import TOGETHER, Together
from membership.models import AffiliationRequest
from membership.references import normal
from membership.requests.deciding import needs_second
from membership.views.desk.offices import coordinated_by
from membership.views.desk.proposal import PROPOSED
from membership.views.desk.requests import found_by, rows_for
from membership.views.guards import private

MOST = 200


@dataclass
class Row:
    """One request: `mark` is what its preview has shown, `why` why nothing happens with it."""

    request: AffiliationRequest
    mark: str
    why: str = ""
    what: str = ""


@private
@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """Lists what would happen to each, asks for what it needs, and does it."""
    mine = coordinated_by(request.user)
    data = request.POST if request.method == "POST" else request.GET
    together = TOGETHER.get(data.get("verb", ""))
    if together is None:
        raise Http404
    marks = _marks(request, mine)
    if not marks:
        messages.warning(request, _("Tick the requests that you mean first."))
        return redirect("membership:coordination")
    rows, more = _rows(request, together, marks)
    asked = {row.request.federation_id for row in rows}
    form = together.form(
        request.POST if request.method == "POST" else None,
        federations=[one for one in mine if one.pk in asked],
        user=request.user,  # type: ignore[arg-type]
    )
    context = {
        "together": together,
        "rows": rows,
        "open_rows": [row for row in rows if not row.why],
        "form": form,
        "more": more,
        "most": MOST,
    }
    if request.method == "POST" and form.is_valid():
        _do_all(rows, together, request.user, form.terms)
        context["done_rows"] = [row for row in rows if not row.why]
        return render(request, "membership/coordination_bulk_done.html", context)
    return render(request, "membership/coordination_bulk.html", context)


# --- which ones -----------------------------------------------------------------------------


def _marks(request: HttpRequest, mine: list[Federation]) -> dict[str, str]:
    """What was ticked: by reference, the mark of the preview, or none before it."""
    if request.method == "POST":
        pairs = [value.partition(":") for value in request.POST.getlist("row")]
        return {normal(one) or "": mark for one, _colon, mark in pairs if normal(one)}
    if request.GET.get("all"):
        found = found_by(request.GET.get("query", ""), request.user, mine)
        found = found.order_by("submitted_at", "pk").values_list("reference", flat=True)
        return dict.fromkeys(found[: MOST + 1], "")
    return {normal(one) or "": "" for one in request.GET.getlist("row") if normal(one)}


def _rows(
    request: HttpRequest, together: Together, marks: dict[str, str]
) -> tuple[list[Row], bool]:
    """The ticked requests that are the person's, and whether there were too many."""
    wanted = list(marks)[:MOST]
    found = rows_for(request.user).filter(reference__in=wanted).order_by("submitted_at", "pk")
    rows = []
    for one in found:
        row = Row(one, marks[one.reference] if request.method == "POST" else _mark(one))
        row.why = _why_not(one, together)
        row.what = str(PROPOSED[together.verb] if _proposes(one, together) else together.label)
        rows.append(row)
    return rows, len(marks) > MOST


def _mark(one: AffiliationRequest) -> str:
    """What is shown of it now: the last step, and who has taken it on."""
    return f"{one.step}:{one.assigned_to_id or ''}"


def _proposes(one: AffiliationRequest, together: Together) -> bool:
    return together.verb in PROPOSED and needs_second(one, one.status)


def _why_not(one: AffiliationRequest, together: Together) -> str:
    """Why it cannot be done with this one now; empty if it can."""
    if not together.is_move:
        return "" if one.is_open else _("It is decided already.")
    if one.state not in together.rule.sources:
        return str(NotOpen())
    return str(one.forbids(together.verb))


# --- doing it -------------------------------------------------------------------------------


def _do_all(rows: list[Row], together: Together, by: Any, terms: dict[str, Any]) -> None:
    """One after the other. Where the database is away, what was done before stays, and is told."""
    for position, row in enumerate(rows):
        try:
            _do(row, together, by, terms)
        except Error as error:
            if not is_outage(error) or all(before.why for before in rows[:position]):
                raise
            for left in rows[position:]:
                left.why = left.why or str(NOT_SAVED)
            return


def _do(row: Row, together: Together, by: Any, terms: dict[str, Any]) -> None:
    """One row, in a transaction of its own; what refuses it is said beside it."""
    step, _colon, _was = row.mark.partition(":")
    if not step.isascii() or not step.isdigit() or len(step) > 9:
        row.why = _("This row did not come from the preview.")
        return
    if row.mark != _mark(row.request):
        row.why = _("Somebody else was quicker. Look at it, and decide again.")
        return
    if row.why:
        return
    own: dict[str, Any] = {"seen": int(step)}
    if not together.is_move:
        own["was"] = row.request.assigned_to_id
    try:
        together.act(row.request, by=by, **own, **terms)
    except Refused as refusal:
        row.why = str(refusal)
    except ValidationError as error:
        row.why = " ".join(error.messages)
