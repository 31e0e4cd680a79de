"""What happens next with a request: what, by whom, by when. One answer for page, API and letter."""

import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.models import Body
from federation.texts import joined
from membership.models import AffiliationRequest, Sponsorship
from membership.requests import sponsoring
from membership.requests.standing import bond_of
from membership.summaries import deciders_of

State = AffiliationRequest.State


class NextStep(NamedTuple):
    """`what` is a sentence; `by_whom` names an office or body, never a person, and is empty
    where nothing follows; `by_when` is the last day, or the day itself, if there is one.
    """

    what: str
    by_whom: str = ""
    by_when: datetime.date | None = None


def next_step(request: AffiliationRequest) -> NextStep:
    """Computed from state, procedure, consultation and meeting; nothing of it is stored."""
    return _OF[State(request.state)](request)


def you() -> str:
    return _("you")


def body_name(body: str) -> str:
    """The body that decides; where the federation's texts name none, that there is one."""
    return str(Body(body).label) if body else _("the body that decides")


def _draft(request: AffiliationRequest) -> NextStep:
    kept = timezone.localdate(request.changed_at) + AffiliationRequest.KEPT_AS_DRAFT
    return NextStep(
        _("Check what you wrote, and send it. Until then nobody reads it."), you(), kept
    )


def _submitted(request: AffiliationRequest) -> NextStep:
    by_when = _decision_day(request)
    missing = _sponsors_asked(request)
    if missing:
        what = _("The organisations that you named as sponsors say whether they vouch for you.")
        return NextStep(what, joined(missing))
    if request.procedure.sponsors and sponsoring.may_name(request):
        return NextStep(_("Name another sponsor"), you())
    if request.is_to_be_consulted:
        what = _("They read the request, and then ask the sections of the federation about it.")
        return NextStep(" ".join(filter(None, [what, _in_the_end(by_when)])), deciders_of(request))
    if request.deciding_body == Body.SECRETARIAT:
        return NextStep(_("The request is decided on."), body_name(Body.SECRETARIAT), by_when)
    what = _("They bring the request before the body that decides: %(body)s.")
    if not request.deciding_body:
        what = _("They read the request, and bring it before the body that decides.")
    named = {"body": body_name(request.deciding_body)}
    return NextStep(what % named, deciders_of(request), by_when)


def _in_the_end(by_when: datetime.date | None) -> str:
    """The day of the decision, where another step comes first: it is not the day of that step."""
    if by_when is None:
        return ""
    return _("The decision is due by %(day)s.") % {"day": date_format(by_when, "DATE_FORMAT")}


def _sponsors_asked(request: AffiliationRequest) -> list[str]:
    """Those that have not answered, as long as more of them are needed."""
    sponsorships = list(request.sponsorships.select_related("organisation"))
    given = [one for one in sponsorships if one.state == Sponsorship.State.GIVEN]
    if len(given) >= request.procedure.sponsors:
        return []
    asked = [one for one in sponsorships if one.state == Sponsorship.State.ASKED]
    return [one.organisation.name for one in asked]


def _decision_day(request: AffiliationRequest) -> datetime.date | None:
    """The day that the federation names to applicants, counted from the request or the appeal."""
    since = request.appealed_at or request.submitted_at
    days = datetime.timedelta(days=request.procedure.decision_days)
    return timezone.localdate(since) + days if since else None


def _needs_answer(request: AffiliationRequest) -> NextStep:
    what = _("Answer the question. Then the federation goes on.")
    if request.procedure.lapses:
        what = _("Answer the question. Without an answer in time the request ends.")
    return NextStep(what, you(), request.answer_due)


def _in_consultation(request: AffiliationRequest) -> NextStep:
    what = _("The sections are being asked, and reply as organisations. Then their replies count.")
    return NextStep(what, _("the sections of the federation"), request.last_consultation.closes_on)


def _deferred(request: AffiliationRequest) -> NextStep:
    meeting = request.meeting
    if meeting is None:
        return NextStep(_("The request was put off."), deciders_of(request))
    if meeting.day is None:
        what = _("A meeting decides on the request. Its day is not fixed yet.")
    else:
        what = _("A meeting decides on the request.")
    return NextStep(what, str(meeting.title) or body_name(meeting.body), meeting.day)


def _accepted(request: AffiliationRequest) -> NextStep:
    bond = bond_of(request)
    if bond is None:
        return NextStep(_("A later decision corrects the one on this request: no status follows."))
    if bond.since and bond.since > timezone.localdate():
        return NextStep(_("The status begins on the day that was decided."), "", bond.since)
    return NextStep(_("The request was accepted. Nothing more is needed."))


def _declined(request: AffiliationRequest) -> NextStep:
    until = request.appeal_until
    if until and timezone.localdate() <= until:
        what = _("The request was declined. You may appeal to this body: %(body)s.")
        return NextStep(what % {"body": body_name(request.procedure.appeal_body)}, you(), until)
    return NextStep(_("The request was declined. It stays open to you to ask again later."))


def _withdrawn(request: AffiliationRequest) -> NextStep:
    last = request.steps.last()
    if last and last.verb == "lapse":
        what = _("The request ended without an answer. It stays open to you to ask again.")
        return NextStep(what)
    what = _("You took the request back. Nothing of it becomes public. You may ask again.")
    return NextStep(what)


_OF = {
    State.DRAFT: _draft,
    State.SUBMITTED: _submitted,
    State.NEEDS_ANSWER: _needs_answer,
    State.IN_CONSULTATION: _in_consultation,
    State.DEFERRED: _deferred,
    State.ACCEPTED: _accepted,
    State.DECLINED: _declined,
    State.WITHDRAWN: _withdrawn,
}
