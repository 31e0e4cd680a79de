"""The seats of a federation's bodies: who holds them on a day, and who held them before."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from directory.entries import Entry, entries
from directory.models import AsAt, Body, Organisation, Seat, Term
from directory.strict import DayForm
from directory.views.facts import Fact, Word, told
from federation.models import Federation
from federation.texts import joined


@dataclass(frozen=True)
class Holding:
    """An organisation and its term. `is_open_to_doubt`: not known whether it ran on the day."""

    organisation: Entry
    term: Term
    answer: AsAt

    @property
    def is_open_to_doubt(self) -> bool:
        return self.answer == AsAt.UNKNOWN


@dataclass(frozen=True)
class Held:
    """A seat with those who hold it on the day asked about, and all others, the latest first."""

    seat: Seat
    now: list[Holding]
    others: list[Holding]


def public_terms() -> QuerySet[Term]:
    """What everybody may know, with all that is shown of it."""
    seen: QuerySet[Term] = Term.objects.visible_to(None).standing()
    return seen.select_related("organisation", "source", "decision__entry", "end_decision__entry")


def held(federation: Federation, day: datetime.date) -> list[Held]:
    """Every seat of the federation; as many queries for many as for one."""
    seats = list(Seat.objects.filter(federation=federation).select_related("federation"))
    terms = list(public_terms().filter(seat__in=seats)) if seats else []
    faces = entries(term.organisation for term in terms)
    by_seat: dict[int, list[Holding]] = {seat.pk: [] for seat in seats}
    for term, face in zip(terms, faces, strict=True):
        by_seat[term.seat_id].append(Holding(face, term, term.answer(day)))
    return [_on_the_day(seat, by_seat[seat.pk]) for seat in seats]


def _on_the_day(seat: Seat, terms: list[Holding]) -> Held:
    now = [one for one in terms if one.answer == AsAt.YES]
    if not (now and seat.is_one):
        now += [one for one in terms if one.answer == AsAt.UNKNOWN]
    return Held(seat, now, [one for one in terms if one not in now])


def as_facts(federation: Federation, seats: list[Held]) -> list[Fact]:
    """Who holds the secretariat, in a line among the facts of the federation."""
    page = reverse("directory:federation_seats", args=[federation.slug])
    made = []
    for one in seats:
        if one.seat.body == Body.SECRETARIAT and one.now:
            words = [_as_word(holding) for holding in one.now]
            more = Word(_("All seats, and who held them before"), url=page)
            made.append(told(capfirst(str(one.seat.title)), *words, more))
    return made


def _as_word(holding: Holding) -> Word:
    face, decision = holding.organisation, holding.term.decision
    ground = [str(decision), decision.place] if decision else []
    note = joined(filter(None, [_when(holding.term), *ground]))
    return Word(str(face.name), url=face.get_absolute_url, lang=face.name.language, note=note)


def _when(term: Term) -> str:
    """Since when and until when, in words that are no marks."""
    since, until = (
        date_format(day, "DATE_FORMAT") if day else "" for day in (term.since, term.until)
    )
    if not since:
        seen = date_format(term.begins, "DATE_FORMAT")
        return _("start not known, so on %(day)s") % {"day": seen}
    if until:
        return _("from %(since)s until %(until)s") % {"since": since, "until": until}
    if term.is_to_come:
        return _("from %(day)s on") % {"day": since}
    return _("since %(since)s") % {"since": since}


def terms_of(organisation: Organisation) -> list[Term]:
    """The seats that it holds and held, in whatever federation."""
    found = (
        public_terms()
        .filter(organisation=organisation)
        .select_related("seat__federation", "source", "decision__entry", "end_decision__entry")
    )
    return list(found.order_by("seat__federation", "seat", "-since", "-pk"))


class FederationSeats(TemplateView):
    """The seats of one federation, today or on the day asked for."""

    template_name = "directory/seats.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
        form = DayForm(request.GET)
        understood = form.is_valid()
        context = {
            "federation": federation,
            "form": form,
            "on": form.day,
            "seats": held(federation, form.day or timezone.localdate()) if understood else [],
        }
        return self.render_to_response(context, status=200 if understood else 400)
