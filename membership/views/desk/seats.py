"""The seats of one's federations: who holds them, handing them over, taking back an error."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory import seating
from directory.models import Affiliation, AsAt, Seat, Term
from directory.models.keepers import COORDINATOR
from federation.models import Federation
from membership.desk import handing_over
from membership.forms import seats as forms
from membership.forms.recording import as_initial, carried
from membership.views.desk.offices import coordinated_by, offices_of, tabs_of
from membership.views.guards import private

OFFICES = "offices"  # how the fields about offices are told from those about the seat


# --- reading --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A seat with its terms, the latest first, those that run today, and those of them whose
    organisation has left the federation meanwhile: a term does not end by itself.
    """

    seat: Seat
    now: list[Term]
    astray: list[Term]
    terms: list[Term]


@private
@login_required
@require_safe
def seat_list(request: HttpRequest) -> HttpResponse:
    """Every seat of one's federations, with all terms, also those that were recorded wrongly."""
    mine = coordinated_by(request.user)
    seats = Seat.objects.filter(federation__in=mine).select_related("federation")
    terms = Term.objects.filter(seat__in=seats).select_related(
        "seat__federation", "organisation", "source", "decision__entry", "end_decision__entry"
    )
    by_seat: dict[int, list[Term]] = {}
    for term in terms:
        by_seat.setdefault(term.seat_id, []).append(term)
    context = {
        **tabs_of(request.user, offices_of(request.user)),
        "lines": _lines(seats, by_seat),
        "several": len(mine) > 1,
    }
    return render(request, "membership/seats.html", context)


def _lines(seats: Any, by_seat: dict[int, list[Term]]) -> list[Line]:
    today, lines = timezone.localdate(), []
    now = {
        key: [one for one in terms if one.answer(today) != AsAt.NO]
        for key, terms in by_seat.items()
    }
    holders = {one.organisation_id for terms in now.values() for one in terms}
    bonds = Affiliation.objects.possible(today).filter(organisation__in=holders)
    there = set(bonds.order_by().values_list("federation", "organisation"))
    for seat in seats:
        running = now.get(seat.pk, [])
        astray = [one for one in running if (seat.federation_id, one.organisation_id) not in there]
        lines.append(Line(seat, running, astray, by_seat.get(seat.pk, [])))
    return lines


# --- handing over ---------------------------------------------------------------------------


@private
@login_required
def seat_give(request: HttpRequest, seat: int) -> HttpResponse:
    """Fill in, see what will be, hand over. Nothing is written down before the last step."""
    mine = Federation.objects.coordinated_by(request.user)
    seats = Seat.objects.filter(federation__in=mine).select_related("federation")
    found = get_object_or_404(seats, pk=seat)
    act = request.POST.get("do", "")
    form = _form(request, found, act)
    context: dict[str, Any] = {"seat": found, "form": form, "federation": found.federation}
    if act in ("preview", "record") and form.is_valid():
        giving = form.giving
        bound = request.POST if act == "record" else None
        offices = forms.OfficesForm(bound, giving=giving, prefix=OFFICES)
        context |= {"giving": giving, "offices": offices}
        if act == "record" and offices.is_valid() and _hand_over(request, form, offices):
            return _onwards(request, found.federation)
        if _is_possible(request, form):
            kept = [pair for pair in carried(request.POST) if not pair[0].startswith(OFFICES)]
            piles = handing_over.piles(found.federation) if giving.moves_offices else []
            context |= {"carried": kept, "piles": piles}
            return render(request, "membership/seat_preview.html", context)
    return render(request, "membership/seat_give.html", context)


def _form(request: HttpRequest, seat: Seat, act: str) -> forms.GiveForm:
    """As sent; or as begun, where somebody goes back to change it."""
    known: dict[str, Any] = {"seat": seat, "user": request.user}
    form = forms.GiveForm(request.POST or None, **known)
    return forms.GiveForm(initial=as_initial(form), **known) if act == "edit" else form


def _hand_over(request: HttpRequest, form: Any, offices: Any) -> bool:
    """Whether it is done, by this click or by the one before."""
    giving = form.giving
    was_done = handing_over.done_already(giving) is not None
    try:
        handing_over.hand_over(giving, by=request.user, **offices.terms)
    except ValidationError as refusal:
        _show(refusal, form, offices)
        return False
    if was_done:
        messages.info(request, _("This stands in the record already."))
    else:
        messages.success(request, _("The seat is given."))
    return True


def _is_possible(request: HttpRequest, form: Any) -> bool:
    """It is tried, and taken back; what is refused stands beside its field."""
    if form.errors:
        return False
    try:
        with transaction.atomic():
            handing_over.hand_over(form.giving, by=request.user)
            transaction.set_rollback(True)
    except ValidationError as refusal:
        _show(refusal, form)
        return False
    return True


def _onwards(request: HttpRequest, federation: Federation) -> HttpResponse:
    """Whoever has just handed over may have no desk any more."""
    if Federation.objects.coordinated_by(request.user).exists():
        return redirect("membership:coordination_seats")
    return redirect("directory:federation_seats", federation.slug)


ELSEWHERE = {"since": "on", "until": "on", "end_decision": "decision"}


def _show(refusal: ValidationError, *given: Any) -> None:
    """Beside the field that it is about, in whichever form has it; else above the first."""
    told = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    for name, errors in told.items():
        known = any(name in form.fields for form in given)
        field = name if known else ELSEWHERE.get(name)
        form = next((one for one in given if field in one.fields), given[0])
        form.add_error(field if field in form.fields else None, errors)


# --- a term ends, or never was --------------------------------------------------------------


@private
@login_required
def term_end(request: HttpRequest, term: int) -> HttpResponse:
    """The seat is left, and nobody takes it over."""
    found = _term(request, term)
    form = forms.EndTermForm(request.POST or None, seat=found.seat)

    def act(given: dict[str, Any]) -> None:
        seating.end(term=found, by=request.user, office=COORDINATOR, **given)

    return _change(request, found, form, act, "end")


@private
@login_required
def term_take_back(request: HttpRequest, term: int) -> HttpResponse:
    """It was recorded wrongly: it stays, marked as such."""
    found = _term(request, term)
    form = forms.TakeBackForm(request.POST or None)

    def act(given: dict[str, Any]) -> None:
        seating.take_back(term=found, by=request.user, office=COORDINATOR, **given)

    return _change(request, found, form, act, "take_back")


def _term(request: HttpRequest, pk: int) -> Term:
    mine = Federation.objects.coordinated_by(request.user)
    rows = Term.objects.filter(seat__federation__in=mine, is_void=False)
    rows = rows.select_related("seat__federation", "organisation", "decision", "source")
    found: Term = get_object_or_404(rows, pk=pk)
    return found


def _change(request: HttpRequest, term: Term, form: Any, act: Any, what: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as refusal:
            _show(refusal, form)
        else:
            done = {
                "end": _("The term has an end."),
                "take_back": _("The record is taken back. It stays, marked as wrong."),
            }
            messages.success(request, done[what])
            return redirect("membership:coordination_seats")
    context = {"term": term, "form": form, "what": what}
    return render(request, "membership/seat_term.html", context)
