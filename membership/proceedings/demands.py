"""What must be so that a body may decide as it did: the right body, the sections, the other one."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.models import Body, Effect, Meeting
from federation.models import Federation
from membership.deliberating import demand_body
from membership.models import Proceeding
from membership.procedures.words import DECIDES, SUSPENDS
from membership.proceedings.outcomes import OUTCOMES, Outcome, Verdict


def demand(
    proceeding: Proceeding, verdict: Verdict, body: str, leads_to: str, meeting: Meeting | None
) -> None:
    """Raises ValidationError, under the field that is wrong."""
    if not _may_suspend_meanwhile(verdict, body, leads_to, meeting):
        demand_body(_named(proceeding, verdict), body)
    refusal = _of_sections(proceeding, verdict) or _of_other(proceeding, verdict)
    if refusal:
        raise ValidationError({"outcome": refusal})


def _may_suspend_meanwhile(verdict: Verdict, body: str, leads_to: str, meeting: Any) -> bool:
    """The secretariat, until a meeting that the procedure allows decides on what comes then.

    That the procedure allows it is asked when it is put off to that meeting.
    """
    pending = bool(leads_to and meeting)
    return verdict.outcome == Outcome.SUSPEND and body == Body.SECRETARIAT and pending


def _named(proceeding: Proceeding, verdict: Verdict) -> str:
    """Who decides. Of a weightier status than the one that it is about, whoever gives that."""
    if verdict.status is None or proceeding.meeting is not None:
        return proceeding.deciding_body
    rules = proceeding.rules_for(verdict.status)
    return str(rules.body) if rules else ""


def _of_sections(proceeding: Proceeding, verdict: Verdict) -> str:
    """A result that binds keeps from what the sections were asked about, and from all that takes
    more than it gives. Whoever leaves of its own accord asks nobody.
    """
    wanted = OUTCOMES[proceeding.kind][0]
    is_free = verdict.outcome == Outcome.KEEP or (
        verdict.outcome == Outcome.RESTORE and wanted != Outcome.RESTORE
    )
    if is_free or proceeding.kind == Proceeding.Kind.WITHDRAWAL:
        return ""
    if not proceeding.is_refused_by_sections:
        return ""
    return _("The sections did not agree, and their result binds.")


def _of_other(proceeding: Proceeding, verdict: Verdict) -> str:
    """Nobody is merged, and nothing split off, against what the other organisation says."""
    if proceeding.kind not in proceeding.NEEDS_OTHER or verdict.outcome == Outcome.KEEP:
        return ""
    return what_the_other_holds_up(proceeding)


def what_the_other_holds_up(proceeding: Proceeding) -> str:
    """Why it cannot be decided because of the other organisation; empty if it can."""
    if proceeding.kind not in proceeding.NEEDS_OTHER or proceeding.other_agrees:
        return ""
    if proceeding.other_agrees is False:
        return _("The other organisation does not agree.")
    if not proceeding.other_is_reachable:
        return _(
            "The other organisation has no secretary here. Ask it in another way, and record "
            "first that it agrees."
        )
    until = proceeding.waits_for_other_until
    if until is None or until <= timezone.localdate():
        return ""
    told = _("The other organisation has not answered. It is waited for until %(day)s.")
    return told % {"day": date_format(until, "DATE_FORMAT")}


def demand_consent(federation: Federation, effects: Iterable[dict[str, Any]]) -> None:
    """Refuse what merges or splits against the last word of one of the two, whoever records it."""
    for effect in effects:
        if effect["kind"] not in Effect.NEEDS_OTHER:
            continue
        two = [effect["organisation"], effect["other"]]
        words = Proceeding.objects.filter(
            federation=federation, kind__in=Proceeding.NEEDS_OTHER, organisation__in=two,
            other__in=two,
        ).exclude(other_agrees=None)  # fmt: skip
        if words.order_by("-opened_at").values_list("other_agrees", flat=True).first() is False:
            raise ValidationError(_("The other organisation does not agree."))


def who_decides(proceeding: Proceeding) -> list[str]:
    """The rule for this one, in words; nothing where it is only recorded."""
    if proceeding.kind in Proceeding.ONLY_RECORDED:
        return []
    body = proceeding.deciding_body
    said = [str(DECIDES[body])]
    if body not in ("", Body.SECRETARIAT) and Outcome.SUSPEND in OUTCOMES[proceeding.kind]:
        said.append(str(SUSPENDS))
    return said
