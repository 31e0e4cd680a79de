"""What can come out of a proceeding: the effects of each outcome, and what they mean in words."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Effect, EndReason, Organisation
from federation.models import Status
from membership.models import Proceeding

Kind = Proceeding.Kind
Terms = dict[str, Any]


class Outcome(models.TextChoices):
    """What a body can decide in a proceeding."""

    END = "end", gettext_lazy("its affiliation ends")
    SUSPEND = "suspend", gettext_lazy("its rights rest: it is suspended")
    RESTORE = "restore", gettext_lazy("the suspension ends, it has its rights again")
    CHANGE = "change", gettext_lazy("it gets another status")
    MERGE = "merge", gettext_lazy("it goes into the other organisation")
    CONTINUE = "continue", gettext_lazy("the other organisation is recognised as continuing it")
    SPLIT = "split", gettext_lazy("the other organisation is recognised as split from it")
    KEEP = "keep", gettext_lazy("everything stays as it is")


# The first of each is what the proceeding was opened for.
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    Kind.WITHDRAWAL: (Outcome.END,),
    Kind.LAPSE: (Outcome.END, Outcome.KEEP),
    Kind.SUSPENSION: (Outcome.SUSPEND, Outcome.KEEP),
    Kind.RESTORATION: (Outcome.RESTORE, Outcome.KEEP),
    Kind.DISAFFILIATION: (Outcome.END, Outcome.SUSPEND, Outcome.RESTORE, Outcome.KEEP),
    Kind.EXPULSION: (Outcome.END, Outcome.SUSPEND, Outcome.RESTORE, Outcome.KEEP),
    Kind.MERGER: (Outcome.MERGE, Outcome.CONTINUE, Outcome.KEEP),
    Kind.SPLIT: (Outcome.SPLIT, Outcome.KEEP),
    Kind.CHANGE: (Outcome.CHANGE, Outcome.KEEP),
}
REASONS: dict[str, EndReason] = {
    Kind.WITHDRAWAL: EndReason.WITHDRAWAL,
    Kind.LAPSE: EndReason.LAPSE,
    Kind.DISAFFILIATION: EndReason.DISAFFILIATION,
    Kind.EXPULSION: EndReason.EXPULSION,
}
# What a suspension may lead to at the congress that it waits for.
NEXT = (Kind.RESTORATION, Kind.EXPULSION, Kind.DISAFFILIATION)


@dataclass(frozen=True)
class Verdict:
    """What the body decided.

    `on` is the first day on which it is so, `until` the first day without the suspension.
    `status` is the new one, or that of the successor. Of a split, `parts` came out besides
    the other organisation, and `ends` says that nothing is left of the one that split.
    """

    outcome: str
    decided_on: datetime.date
    on: datetime.date | None = None
    until: datetime.date | None = None
    status: Status | None = None
    waiver: str = ""
    parts: tuple[Organisation, ...] = ()
    ends: bool = False


def effects(proceeding: Proceeding, verdict: Verdict) -> list[Terms]:
    """The effects of the decision, as `directory.decisions.record` takes them."""
    about, other = proceeding.organisation, proceeding.other
    common: Terms = {"organisation": about, "on": effective_day(proceeding, verdict)}
    passing_on = {"status": verdict.status, "waiver": verdict.waiver}
    kind = Effect.Kind
    if verdict.outcome == Outcome.KEEP:
        return [common | {"kind": kind.KEEP}]
    if verdict.outcome == Outcome.END:
        return [common | {"kind": kind.END, "reason": REASONS[proceeding.kind]}]
    if verdict.outcome == Outcome.SUSPEND:
        return [common | {"kind": kind.SUSPEND, "until": verdict.until}]
    if verdict.outcome == Outcome.RESTORE:
        return [common | {"kind": kind.RESTORE}]
    if verdict.outcome == Outcome.CHANGE:
        return [common | passing_on | {"kind": kind.CHANGE}]
    if verdict.outcome == Outcome.MERGE:
        return [common | passing_on | {"kind": kind.MERGE, "other": other}]
    if verdict.outcome == Outcome.CONTINUE:
        turned = {"kind": kind.CONTINUE, "organisation": other, "other": about}
        return [common | passing_on | turned]
    return _split(proceeding, verdict, common | passing_on)


def _split(proceeding: Proceeding, verdict: Verdict, common: Terms) -> list[Terms]:
    """The one that splits ends first, so that its place in the country is free."""
    about = proceeding.organisation
    kind = Effect.Kind
    rows = [
        common | {"kind": kind.SPLIT, "organisation": part, "other": about}
        for part in (proceeding.other, *verdict.parts)
    ]
    if verdict.ends:
        end = {"kind": kind.END, "reason": EndReason.DISSOLUTION, "status": None, "waiver": ""}
        rows.insert(0, common | end)
    return rows


def effective_day(proceeding: Proceeding, verdict: Verdict) -> datetime.date:
    """An organisation that leaves is out on the day that it wants, whenever that is recorded.

    Whoever appealed in vain stays out from the day on that was decided first.
    """
    if proceeding.is_own_withdrawal and proceeding.wanted_on:
        return proceeding.wanted_on
    ended = proceeding.ended_bond if verdict.outcome == Outcome.END else None
    return verdict.on or (ended and ended.until) or verdict.decided_on


# --- in words -------------------------------------------------------------------------------


# What an effect means; the second one of each kind where it names a status, or a last day.
_SENTENCES: dict[tuple[str, bool], Promise] = {
    (Effect.Kind.KEEP, False): gettext_lazy(
        "Nothing changes for %(who)s. The decision stands in the register."
    ),
    (Effect.Kind.END, False): gettext_lazy(
        "From %(day)s on, %(who)s is no longer affiliated with %(federation)s: %(reason)s."
    ),
    (Effect.Kind.SUSPEND, False): gettext_lazy(
        "From %(day)s on, the rights of %(who)s rest, until a body ends that. It stays affiliated."
    ),
    (Effect.Kind.SUSPEND, True): gettext_lazy(
        "From %(day)s on, the rights of %(who)s rest. On %(until)s it has them again; it stays "
        "affiliated."
    ),
    (Effect.Kind.RESTORE, False): gettext_lazy(
        "From %(day)s on, %(who)s has the rights of its status again."
    ),
    (Effect.Kind.CHANGE, True): gettext_lazy(
        "From %(day)s on, the status of %(who)s is: %(status)s."
    ),
    (Effect.Kind.SPLIT, False): gettext_lazy(
        "From %(day)s on, %(who)s stands in the directory as split from %(other)s."
    ),
    (Effect.Kind.SPLIT, True): gettext_lazy(
        "From %(day)s on, %(who)s stands in the directory as split from %(other)s, with the "
        "status: %(status)s."
    ),
    (Effect.Kind.CONTINUE, False): gettext_lazy(
        "From %(day)s on, %(who)s takes the place of %(other)s, whose affiliation ends, with the "
        "same status."
    ),
    (Effect.Kind.CONTINUE, True): gettext_lazy(
        "From %(day)s on, %(who)s takes the place of %(other)s, whose affiliation ends, with the "
        "status: %(status)s."
    ),
    (Effect.Kind.MERGE, False): gettext_lazy(
        "From %(day)s on, %(who)s is part of %(other)s and its own affiliation ends. Nothing else "
        "changes for %(other)s."
    ),
    (Effect.Kind.MERGE, True): gettext_lazy(
        "From %(day)s on, %(who)s is part of %(other)s and its own affiliation ends. The status "
        "of %(other)s is then: %(status)s."
    ),
}


def in_words(proceeding: Proceeding, verdict: Verdict) -> list[str]:
    """What will change, a sentence for each effect."""
    federation = str(proceeding.federation.name)
    said = [_sentence(row, federation) for row in effects(proceeding, verdict)]
    former = proceeding.decision_now
    if former is None or verdict.outcome == Outcome.END:
        return said
    # An appeal that was not in vain: with nothing else decided, that is all.
    again = _("What was decided on %(day)s holds no longer: %(who)s has its status again.")
    words = {
        "day": date_format(former.decided_on, "DATE_FORMAT"), "who": proceeding.organisation.name,
    }  # fmt: skip
    return [again % words, *([] if verdict.outcome == Outcome.KEEP else said)]


def _sentence(row: Terms, federation: str) -> str:
    status = row.get("status")
    words = {
        "day": date_format(row["on"], "DATE_FORMAT"),
        "who": row["organisation"].name,
        "federation": federation,
        "other": row["other"].name if row.get("other") else "",
        "status": status.label if status else "",
        "until": date_format(row["until"], "DATE_FORMAT") if row.get("until") else "",
        "reason": EndReason(row["reason"]).label if row.get("reason") else "",
    }
    is_longer = bool(status or words["until"])
    return str(_SENTENCES[row["kind"], is_longer]) % words
