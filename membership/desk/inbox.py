"""Whose turn a request is, why, and until which day: asked of the database, so that it sorts."""

import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.models import Office, User
from membership.desk.teamwork import called
from membership.models import (
    AffiliationRequest,
    Consultation,
    Consulted,
    Proposal,
    RequestStep,
)

Requests = QuerySet[AffiliationRequest]

State = AffiliationRequest.State
A_DAY = datetime.timedelta(days=1)

# Why a request waits for somebody, by the name that `turn` gives it.
TURNS = {
    "proposal": _("a decision waits for you as the second person"),
    "new": _("new: nobody has answered yet"),
    "answered": _("the applicant has answered"),
    "consulted": _("the sections have been heard"),
    "appealed": _("the applicant appeals"),
    "replied": _("the consultation can be closed"),
    "silent": _("the day to answer is over"),
    "met": _("the day of the meeting has come"),
    "open": _("the next step is open"),
    "proposed": _("you proposed a decision, another coordinator confirms it"),
}
# Said of a request although the next step is somebody else's.
NOT_MINE = ("", "proposed")

# What the day in `due` means, by state.
DUE = {
    State.NEEDS_ANSWER: _("answer due"),
    State.IN_CONSULTATION: _("sections reply until"),
    State.DEFERRED: _("meeting on"),
    State.SUBMITTED: _("to be decided by"),
}


def dated(requests: Any) -> Any:
    """With `due`, the next day that counts: it depends on what is being waited for."""
    asked_until = Consultation.objects.filter(request=OuterRef("pk"), closed_at=None)
    begun = Coalesce("appealed_at", "submitted_at")
    number = Cast("procedure__decision_days", IntegerField())  # SQLite multiplies no small ones
    days = ExpressionWrapper(number * A_DAY, DurationField())
    decided_by = TruncDate(ExpressionWrapper(begun + days, DateTimeField()))
    return requests.annotate(
        due=Case(
            When(state=State.NEEDS_ANSWER, then=F("answer_due")),
            When(state=State.IN_CONSULTATION, then=Subquery(asked_until.values("closes_on")[:1])),
            When(state=State.DEFERRED, then=F("meeting__day")),
            When(state=State.SUBMITTED, then=decided_by),
            default=None,
            output_field=DateField(),
        )
    )


def with_turns(requests: Any, user: Any) -> Any:
    """With `turn`: why a request waits for this person, one of TURNS, or one of NOT_MINE."""
    today = timezone.localdate()
    last = RequestStep.objects.filter(subject=OuterRef("pk"), number=OuterRef("step"))
    verb = Subquery(last.values("verb")[:1])
    free = Q(assigned_to=None) | Q(assigned_to=user) | ~Q(Exists(_still_in_office()))
    proposed = Proposal.objects.filter(request=OuterRef("pk"), step=OuterRef("step"))
    decidable = Q(state__in=AffiliationRequest.DECIDABLE)
    missing = Consulted.objects.filter(
        consultation__request=OuterRef("pk"), consultation__closed_at=None, replies=None
    )
    over = Consultation.objects.filter(request=OuterRef("pk"), closed_at=None, closes_on__lt=today)
    submitted = Q(state=State.SUBMITTED)
    return requests.annotate(last_verb=verb).annotate(
        turn=Case(
            When(decidable & Q(Exists(proposed.filter(by=user.pk))), then=Value("proposed")),
            When(decidable & Q(Exists(proposed)), then=Value("proposal")),
            When(~free, then=Value("")),
            When(submitted & Q(last_verb="submit"), then=Value("new")),
            When(submitted & Q(last_verb="answer"), then=Value("answered")),
            When(submitted & Q(last_verb__in=["conclude", "expire"]), then=Value("consulted")),
            When(submitted & Q(last_verb="appeal"), then=Value("appealed")),
            When(submitted, then=Value("open")),
            When(state=State.DEFERRED, meeting__day__lte=today, then=Value("met")),
            When(state=State.NEEDS_ANSWER, answer_due__lt=today, then=Value("silent")),
            When(
                Q(state=State.IN_CONSULTATION) & (Q(Exists(over)) | ~Q(Exists(missing))),
                then=Value("replied"),
            ),
            default=Value(""),
            output_field=CharField(),
        )
    )


def _still_in_office() -> Any:
    """Who took a request on and can deal with it no more keeps it from nobody."""
    return Office.objects.current().filter(
        federation=OuterRef("federation"), person=OuterRef("assigned_to"), person__is_active=True
    )


def waiting_for(user: Any) -> Any:
    """The requests whose next move is this person's."""
    return mine(with_turns(AffiliationRequest.objects.managed_by(user), user))


def mine(requests: Any) -> Any:
    """Those that wait for the person; `requests` have their turns."""
    return requests.exclude(turn__in=NOT_MINE)


def overdue(requests: Any) -> Any:
    """Open ones whose day is over; `requests` are dated."""
    return requests.filter(due__lt=timezone.localdate(), state__in=AffiliationRequest.OPEN)


def in_words(request: Any, user: User) -> None:
    """Give a row of a list what it shows: its turn, its day, and who has taken it on."""
    today = timezone.localdate()
    request.turn_words = TURNS.get(request.turn, "")
    request.waits_for_me = request.turn not in NOT_MINE
    request.due_words = DUE.get(request.state, "") if request.due else ""
    request.is_overdue = bool(request.due and request.due < today and request.is_open)
    request.is_mine = request.assigned_to_id == user.pk
    request.assigned_name = called(request.assigned_to)
