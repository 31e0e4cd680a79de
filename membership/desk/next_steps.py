"""What happens next with a proceeding: what, by whom, by when. One answer for page and API."""

from django.utils import timezone
from django.utils.translation import gettext as _

from membership.models import Proceeding
from membership.proceedings.demands import what_the_other_holds_up
from membership.requests.next_steps import NextStep, body_name
from membership.summaries import deciders_of

State = Proceeding.State


def next_step(proceeding: Proceeding) -> NextStep:
    """Computed from what stands in the row and its procedure; nothing of it is stored."""
    if not proceeding.is_open:
        return _ended(proceeding)
    if proceeding.state == State.IN_CONSULTATION:
        what = _(
            "The sections are being asked, and reply as organisations. Then their replies count."
        )
        closes_on = proceeding.last_consultation.closes_on
        return NextStep(what, _("the sections of the federation"), closes_on)
    if proceeding.is_own_withdrawal:
        what = _("They record that the organisation leaves. There is nothing to agree to.")
        return NextStep(what, deciders_of(proceeding), proceeding.due)
    return _before_a_decision(proceeding) or _decision(proceeding)


def _ended(proceeding: Proceeding) -> NextStep:
    until = proceeding.appeal_until
    if until and timezone.localdate() <= until:
        what = _("It is decided. The organisation may appeal to this body: %(body)s.")
        body = body_name(proceeding.procedure.appeal_body) if proceeding.procedure else ""
        return NextStep(what % {"body": body}, proceeding.organisation.name, until)
    if proceeding.state == State.DECIDED:
        return NextStep(_("It is decided. Nothing more follows from it."))
    return NextStep(_("It has ended without a decision, and nothing changes."))


def _before_a_decision(proceeding: Proceeding) -> NextStep | None:
    """What has to come first, if anything has."""
    asked_until = proceeding.hearing_until
    if not proceeding.was_heard() and asked_until is not None:
        what = _("The organisation says what it has to say. Then the federation goes on.")
        return NextStep(what, proceeding.organisation.name, asked_until)
    if not proceeding.was_heard() and proceeding.kind in proceeding.NEEDS_HEARING:
        what = _("They ask the organisation to speak. Nothing is decided before it was heard.")
        return NextStep(what, deciders_of(proceeding))
    held_up = what_the_other_holds_up(proceeding)
    if not held_up or proceeding.other is None:
        return None
    if proceeding.other_agrees is False or not proceeding.other_is_reachable:
        return NextStep(held_up, deciders_of(proceeding))
    what = _("The other organisation says whether it agrees.")
    return NextStep(what, proceeding.other.name, proceeding.waits_for_other_until)


def _decision(proceeding: Proceeding) -> NextStep:
    meeting = proceeding.meeting
    if proceeding.state == State.DEFERRED and meeting is not None:
        what = _("A meeting decides on it.")
        if meeting.day is None:
            what = _("A meeting decides on it. Its day is not fixed yet.")
        return NextStep(what, str(meeting.title) or body_name(meeting.body), meeting.day)
    if proceeding.kind in proceeding.ONLY_RECORDED:
        return NextStep(_("It is decided, and recorded."), deciders_of(proceeding))
    what = _("They bring it before the body that decides.")
    if proceeding.deciding_body:
        what = _("They bring it before the body that decides: %(body)s.")
        what %= {"body": body_name(proceeding.deciding_body)}
    return NextStep(what, deciders_of(proceeding))
