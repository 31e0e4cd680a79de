"""Coming and past meetings of one's federations, and the list of each."""

import datetime
from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, DateField, F, IntegerField, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.models import Meeting
from federation.models import Federation
from membership.desk import meetings
from membership.forms.desk import MeetingForm
from membership.models import AffiliationRequest, Proceeding
from membership.views.desk.offices import coordinated_by, offices_of, tabs_of
from membership.views.guards import private
from membership.views.lists import page_of


@private
@login_required
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """The coming ones first, then those that are over, each with how much waits for it."""
    mine = coordinated_by(request.user)
    found = Meeting.objects.filter(federation__in=mine).select_related("federation")
    today = timezone.localdate()
    page = page_of(request, _coming_first(found, today))
    numbers = _waiting(page.rows)
    for row in page.rows:
        row.number = numbers.get(row.pk, 0)
        row.is_over = _is_over(row, today)
    context = {
        **tabs_of(request.user, offices_of(request.user)),
        "page": page,
        "several": len(mine) > 1,
    }
    return render(request, "membership/coordination_meetings.html", context)


@private
@login_required
@require_safe
def agenda(request: HttpRequest, meeting: int) -> HttpResponse:
    """Its list: what was put off to it, and what it has decided."""
    found = _found(request, meeting)
    requests = meetings.requests_on(found)
    context = {
        "meeting": found,
        "requests": requests,
        "proceedings": meetings.proceedings_on(found),
        "decisions": meetings.decided_at(found),
        "is_over": _is_over(found, timezone.localdate()),
    }
    return render(request, "membership/coordination_meeting.html", context)


@private
@login_required
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Note a coming meeting."""
    return _edit(request, Meeting())


@private
@login_required
def meeting_change(request: HttpRequest, meeting: int) -> HttpResponse:
    """Its day moves, or its place is known now: what is put off to it moves with it."""
    return _edit(request, _found(request, meeting))


def _edit(request: HttpRequest, found: Meeting) -> HttpResponse:
    mine = coordinated_by(request.user)
    is_new = found.pk is None
    form = MeetingForm(request.POST or None, instance=found, mine=mine)
    if request.method == "POST" and form.is_valid():
        keep = meetings.note_new if is_new else meetings.save
        saved = keep(form.save(commit=False), by=request.user, fields=form.changed_data)
        done = _("The meeting is noted.") if is_new else _("The meeting is changed.")
        messages.success(request, done)
        return redirect("membership:coordination_meeting", saved.pk)
    context = {"form": form, "meeting": None if is_new else _found(request, found.pk)}
    return render(request, "membership/coordination_meeting_form.html", context)


def _found(request: HttpRequest, pk: int) -> Any:
    mine = Federation.objects.coordinated_by(request.user)
    found = Meeting.objects.filter(federation__in=mine).select_related("federation")
    return get_object_or_404(found, pk=pk)


# --- which are over, and how much waits -----------------------------------------------------


def _coming_first(found: Any, today: datetime.date) -> Any:
    """The next one first, those without a day after it, then the past, the last one first."""
    found = found.annotate(last=Coalesce("ends_on", "day"))
    over = Case(When(last__lt=today, then=1), default=0, output_field=IntegerField())
    past = Case(When(last__lt=today, then=F("last")), default=None, output_field=DateField())
    return found.order_by(over, past.desc(nulls_last=True), F("day").asc(nulls_last=True), "pk")


def _is_over(found: Meeting, today: datetime.date) -> bool:
    last = found.ends_on or found.day
    return last is not None and last < today


def _waiting(found: list[Meeting]) -> Counter[Any]:
    """How many requests and proceedings wait for each."""
    numbers: Counter[Any] = Counter()
    for model in (AffiliationRequest, Proceeding):
        rows = model.objects.filter(meeting__in=found, state=model.State.DEFERRED)
        numbers.update(rows.order_by().values_list("meeting", flat=True))
    return numbers
