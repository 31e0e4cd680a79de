"""How the replies of sections are counted, by the rules of a procedure, and said in words.

Whole numbers alone: no share is ever rounded.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from membership.models import Consultation, Procedure, Reply
from membership.procedures.words import SILENCE

Counts = dict[str, int]
Answer = Reply.Answer
Outcome = Consultation.Outcome
Majority = Procedure.Majority
Silence = Procedure.Silence

PARTS = ("entitled", *Answer.values, "silent", "late")
# At least so many of so many parts of the total.
_AT_LEAST = {Majority.TWO_THIRDS: (2, 3), Majority.THREE_QUARTERS: (3, 4)}


def tally(entitled: int, answers: Iterable[str], late: int = 0) -> Counts:
    """`answers` are the replies that count, one of each section that replied in time.

    `late` is the number of sections of which a reply came too late; it changes nothing.
    """
    given = list(answers)
    numbers = {answer: given.count(answer) for answer in Answer.values}
    return {"entitled": entitled, **numbers, "silent": entitled - len(given), "late": late}


# --- the result -----------------------------------------------------------------------------


def outcome_of(rules: Procedure, counts: Counts) -> str:
    """What follows from the counts.

    Where nobody was entitled nothing stands in the way. An objection that blocks does so
    however many replied. Silence never helps to reach the quorum. Without anybody for it
    nothing is agreed, whatever the majority.
    """
    if not counts["entitled"]:
        return Outcome.PASSED
    if rules.objection_blocks and counts[Answer.OBJECTION]:
        return Outcome.BLOCKED
    if not reaches_quorum(rules, counts):
        return Outcome.NO_QUORUM
    return Outcome.PASSED if _agrees(rules, counts) else Outcome.FAILED


def replied(counts: Counts) -> int:
    return sum(counts[answer] for answer in Answer.values)


def reaches_quorum(rules: Procedure, counts: Counts) -> bool:
    return replied(counts) * 100 >= rules.quorum * counts["entitled"]


def sides(rules: Procedure, counts: Counts) -> tuple[int, int, int]:
    """How many are for, how many against, and the total of which the majority is taken."""
    silent = counts["silent"]
    yes = counts[Answer.FOR] + (silent if rules.silence == Silence.FOR else 0)
    no = counts[Answer.AGAINST] + counts[Answer.OBJECTION]
    no += silent if rules.silence == Silence.AGAINST else 0
    return yes, no, yes + no + (counts[Answer.ABSTAIN] if rules.abstentions_count else 0)


def needed(rules: Procedure, total: int) -> int:
    """How many must be for it, of that total; not asked of the majorities without a total."""
    if rules.majority == Majority.ABSOLUTE:
        return total // 2 + 1
    parts, of = _AT_LEAST[Majority(rules.majority)]
    return max(1, -(-total * parts // of))


def _agrees(rules: Procedure, counts: Counts) -> bool:
    yes, no, total = sides(rules, counts)
    if rules.majority == Majority.SIMPLE:
        return yes > no
    if rules.majority == Majority.UNANIMOUS:
        return yes > 0 and no == 0
    return yes >= needed(rules, total)


# --- in words -------------------------------------------------------------------------------


def explained(consultation: Consultation) -> list[str]:
    """The frozen result, and how it came about; nothing while replies are still counted."""
    counts, rules = consultation.counts, consultation.procedure
    if consultation.closed_at is None:
        return []
    if not consultation.outcome:
        return [_("It was broken off, because what was asked about had ended. No result.")]
    if not counts["entitled"]:
        return [
            _("No section was entitled to reply on the opening day, so nobody was asked."),
            _("Nothing stands in the way."),
        ]
    words = [_turnout(counts), _recorded(counts), _quorum(rules, counts), _answers(counts)]
    words += [_silent(rules, counts), _late(counts), _majority(rules, counts), _end(consultation)]
    return [text for text in words if text]


def _turnout(counts: Counts) -> str:
    text = ngettext(
        "%(replied)s of %(number)s section replied.",
        "%(replied)s of %(number)s sections replied.",
        counts["entitled"],
    )
    return text % {
        "replied": number_format(replied(counts)), "number": number_format(counts["entitled"])
    }  # fmt: skip


def _recorded(counts: Counts) -> str:
    """Of the replies that count, those that came as a letter; not counted in older results."""
    number = counts.get("recorded", 0)
    if not number:
        return ""
    text = ngettext(
        "%(number)s of the replies came in writing and was recorded by the coordinators.",
        "%(number)s of the replies came in writing and were recorded by the coordinators.",
        number,
    )
    return text % {"number": number_format(number)}


def _quorum(rules: Procedure, counts: Counts) -> str:
    if not rules.quorum:
        return ""
    if reaches_quorum(rules, counts):
        text = _("The quorum of %(share)s per cent is reached.")
    else:
        text = _("The quorum of %(share)s per cent is not reached.")
    return text % {"share": number_format(rules.quorum)}


def _answers(counts: Counts) -> str:
    text = _("For: %(for)s. Against: %(against)s. Abstentions: %(abstain)s. "
        "Objections: %(objection)s.")  # fmt: skip
    return text % {name: number_format(counts[name]) for name in Answer.values}


def _silent(rules: Procedure, counts: Counts) -> str:
    if not counts["silent"]:
        return ""
    number = number_format(counts["silent"])
    said = _("Without a reply in time: %(number)s.") % {"number": number}
    return f"{said} {SILENCE[rules.silence]}"


def _late(counts: Counts) -> str:
    if not counts["late"]:
        return ""
    text = ngettext(
        "%(number)s section replied too late; that reply is not counted.",
        "%(number)s sections replied too late; those replies are not counted.",
        counts["late"],
    )
    return text % {"number": number_format(counts["late"])}


def _majority(rules: Procedure, counts: Counts) -> str:
    """The sum that decided, unless something before it did."""
    if outcome_of(rules, counts) not in (Outcome.PASSED, Outcome.FAILED):
        return ""
    yes, no, total = sides(rules, counts)
    numbers = {"yes": number_format(yes), "no": number_format(no), "total": number_format(total)}
    if rules.majority == Majority.SIMPLE:
        return _("More must be for than against: for %(yes)s, against %(no)s.") % numbers
    if rules.majority == Majority.UNANIMOUS:
        return _("Somebody must be for and nobody against: for %(yes)s, against %(no)s.") % numbers
    numbers["needed"] = number_format(needed(rules, total))
    texts: dict[str, str] = {
        Majority.ABSOLUTE: _("More than half of %(total)s is %(needed)s or more; for: %(yes)s."),
        Majority.TWO_THIRDS: _("Two thirds of %(total)s is %(needed)s or more; for: %(yes)s."),
        Majority.THREE_QUARTERS: _(
            "Three quarters of %(total)s is %(needed)s or more; for: %(yes)s."
        ),
    }
    return texts[rules.majority] % numbers


def _end(consultation: Consultation) -> str:
    words: dict[str, Any] = {
        Outcome.PASSED: _("The sections agree."),
        Outcome.FAILED: _("The sections do not agree."),
        Outcome.NO_QUORUM: _("Too few replied, so the sections have not agreed."),
        Outcome.BLOCKED: _("An objection blocks it."),
    }
    return str(words[consultation.outcome])
