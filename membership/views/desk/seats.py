"""The seats of one's federations: who holds them, handing them over, taking back an error."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.models import Affiliation, AsAt, Seat, Term
from federation.models import Federation
from membership.desk import handing_over, seat_acts
from membership.desk.waiting import rows_for
from membership.forms import seats as forms
from membership.forms.recording import as_initial, carried
from membership.models import PreparedDecision
from membership.seconding import preparing
from membership.seconding.rule import has_second, two_decide_in
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
        "waiting": [row for row in rows_for(request.user) if row["prepared"].act],
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
    context |= _second(request, found)
    if act in ("preview", "record") and form.is_valid():
        giving = form.giving
        bound = request.POST if act == "record" else None
        known: dict[str, Any] = {"giving": giving, "prefix": OFFICES}
        offices = forms.OfficesForm(bound, initial=_again(request, found)[1], **known)
        context |= {"giving": giving, "offices": offices}
        if act == "record" and offices.is_valid():
            done = _hand_over(request, form, offices)
            if done:
                return done
        if _is_possible(request, form):
            kept = [pair for pair in carried(request.POST) if not pair[0].startswith(OFFICES)]
            piles = handing_over.piles(found.federation) if giving.moves_offices else []
            context |= {"carried": kept, "piles": piles}
            return render(request, "membership/seat_preview.html", context)
    return render(request, "membership/seat_give.html", context)


def _form(request: HttpRequest, seat: Seat, act: str) -> forms.GiveForm:
    """As sent; or as begun, where somebody goes back to change it."""
    known: dict[str, Any] = {"seat": seat, "user": request.user}
    form = forms.GiveForm(request.POST or None, initial=_again(request, seat)[1], **known)
    return forms.GiveForm(initial=as_initial(form), **known) if act == "edit" else form


def _hand_over(request: HttpRequest, form: Any, offices: Any) -> HttpResponse | None:
    """None where it is refused."""
    try:
        return _record(request, "hand_over", form.terms | offices.terms)
    except ValidationError as refusal:
        _show(refusal, form, offices)
        return None


def _is_possible(request: HttpRequest, form: Any) -> bool:
    """It is tried, and taken back; what is refused stands beside its field."""
    if form.errors:
        return False
    try:
        seat_acts.attempt("hand_over", form.terms, by=request.user)
    except ValidationError as refusal:
        _show(refusal, form)
        return False
    return True


def onwards(request: HttpRequest, federation: Federation) -> HttpResponse:
    """Whoever has just handed over, or confirmed it, may have no desk any more."""
    if Federation.objects.coordinated_by(request.user).exists():
        return redirect("membership:coordination_seats")
    return redirect("directory:federation_seats", federation.slug)


# --- where two decide -----------------------------------------------------------------------


def _second(request: HttpRequest, seat: Seat) -> dict[str, bool]:
    """Whether a second person confirms, and whether there is none."""
    if not two_decide_in(seat.federation):
        return {}
    return {"needs_second": True, "is_alone": not has_second(seat.federation, request.user)}


def _record(request: HttpRequest, act: str, terms: dict[str, Any]) -> HttpResponse:
    """Leads on from what was done, by this click or the one before, or what waits now."""
    seat = seat_acts.seat_of(terms)
    again, _filled_in = _again(request, seat)
    made, is_new = seat_acts.record(act, terms, by=request.user)
    if again is not None:
        preparing.withdraw(again, by=request.user)
    if isinstance(made, PreparedDecision):
        text = _("Proposed. Another coordinator gets a letter and confirms it, or does not.")
        messages.success(request, text)
        return redirect("membership:coordination_prepared", made.pk)
    if is_new:
        messages.success(request, str(seat_acts.ACTS[act].done))
    else:
        messages.info(request, str(seat_acts.STANDS))
    return onwards(request, seat.federation)


def _again(request: HttpRequest, seat: Seat) -> tuple[PreparedDecision | None, dict[str, Any]]:
    """What came back to the person and is taken up again as `again=` says, and how its forms
    begin.
    """
    key = request.GET.get("again", "")
    found = preparing.taken_up(key, seat.federation, by=request.user)
    try:
        terms = seat_acts.terms_of(found) if found and found.act else {}
    except ValidationError:  # what it names is no longer there
        terms = {}
    if not terms or seat_acts.seat_of(terms) != seat:
        return None, {}
    return found, forms.begun(terms)


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
    begun = _again(request, found.seat)[1]
    form = forms.EndTermForm(request.POST or None, initial=begun, seat=found.seat)
    return _change(request, found, form, "end_term")


@private
@login_required
def term_take_back(request: HttpRequest, term: int) -> HttpResponse:
    """It was recorded wrongly: it stays, marked as such."""
    found = _term(request, term)
    form = forms.TakeBackForm(request.POST or None, initial=_again(request, found.seat)[1])
    return _change(request, found, form, "take_back")


def _term(request: HttpRequest, pk: int) -> Term:
    mine = Federation.objects.coordinated_by(request.user)
    rows = Term.objects.filter(seat__federation__in=mine, is_void=False)
    rows = rows.select_related("seat__federation", "organisation", "decision", "source")
    found: Term = get_object_or_404(rows, pk=pk)
    return found


def _change(request: HttpRequest, term: Term, form: Any, act: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return _record(request, act, {"term": term, **form.cleaned_data})
        except ValidationError as refusal:
            _show(refusal, form)
    context = {"term": term, "form": form, "act": act, **_second(request, term.seat)}
    return render(request, "membership/seat_term.html", context)
