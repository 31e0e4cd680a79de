"""Replies are counted by the rules: a table worked out by hand, and properties for all numbers."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from membership.consultations import counting
from membership.models import Consultation, Procedure

# quorum, majority, t: abstentions are part of the total, silence, b: an objection blocks;
# for, against, abstentions, objections, silent; outcome.
TABLE = """
 0 simple         - nothing -   0  0  0  0  0  passed
 0 simple         - nothing -   1  0  0  0  0  passed
 0 simple         - nothing -   0  1  0  0  0  failed
 0 simple         - nothing -   1  1  0  0  0  failed
 0 simple         - nothing -   2  1  0  0  0  passed
 0 simple         - nothing -   2  1  9  0  0  passed
 0 simple         t nothing -   2  1  9  0  0  passed
 0 simple         - nothing -   0  0  5  0  0  failed
 0 simple         - nothing -   0  0  0  0  5  failed
 0 simple         - nothing -   2  1  0  1  0  failed
 0 simple         - nothing -   3  1  0  1  0  passed
 0 simple         - nothing b   3  1  0  1  0  blocked
 0 simple         - nothing b   9  0  0  1  1  blocked
 0 simple         - nothing b   3  1  0  0  0  passed
 0 simple         - for     -   0  0  0  0  1  passed
 0 simple         - for     -   0  3  0  0  3  failed
 0 simple         - for     -   0  3  0  0  4  passed
 0 simple         - against -   3  0  0  0  3  failed
 0 simple         - against -   4  0  0  0  3  passed
50 simple         - nothing -   5  0  0  0  5  passed
50 simple         - nothing -   4  0  0  0  6  no_quorum
50 simple         - nothing -   4  0  1  0  5  passed
50 simple         - nothing -   5  0  0  0  6  no_quorum
50 simple         - nothing -   7  1  1  0  2  passed
50 simple         - for     -   4  0  0  0  6  no_quorum
50 simple         - for     -   1  4  0  0  5  passed
50 simple         - against -   6  0  0  0  4  passed
50 simple         - nothing b   1  0  0  1  8  blocked
50 simple         - nothing -   1  0  0  1  8  no_quorum
100 simple        - nothing -   9  1  0  0  0  passed
100 simple        - nothing -   9  0  0  0  1  no_quorum
 1 simple         - nothing -   0  0  0  0  9  no_quorum
 1 simple         - nothing -   1  0  0  0 99  passed
 2 simple         - nothing -   1  0  0  0 99  no_quorum
33 simple         - nothing -   1  0  0  0  2  passed
34 simple         - nothing -   1  0  0  0  2  no_quorum
67 simple         - nothing -   2  0  0  0  1  no_quorum
66 simple         - nothing -   2  0  0  0  1  passed
 0 absolute       - nothing -   0  0  0  0  0  passed
 0 absolute       - nothing -   0  0  3  0  0  failed
 0 absolute       - nothing -   5  5  0  0  0  failed
 0 absolute       - nothing -   6  5  0  0  0  passed
 0 absolute       - nothing -   6  5  1  0  0  passed
 0 absolute       t nothing -   6  5  1  0  0  failed
 0 absolute       t nothing -   7  5  1  0  0  passed
 0 absolute       t nothing -   5  0  5  0  0  failed
 0 absolute       - against -   5  0  0  0  5  failed
 0 absolute       - against -   6  0  0  0  5  passed
 0 absolute       - for     -   0  5  0  0  6  passed
 0 absolute       t for     -   0  5  1  0  6  failed
 0 two_thirds     - nothing -   0  0  0  0  4  failed
 0 two_thirds     - nothing -   2  1  0  0  0  passed
 0 two_thirds     - nothing -   3  2  0  0  0  failed
 0 two_thirds     - nothing -   4  2  0  0  0  passed
 0 two_thirds     - nothing -   5  3  0  0  0  failed
 0 two_thirds     - nothing -   6  2  0  1  0  passed
 0 two_thirds     - nothing -   6  2  0  2  0  failed
 0 two_thirds     - nothing -   2  1  1  0  0  passed
 0 two_thirds     t nothing -   2  1  1  0  0  failed
 0 two_thirds     t nothing -   4  1  1  0  0  passed
 0 two_thirds     - against -   4  1  0  0  1  passed
 0 two_thirds     - against -   4  1  0  0  2  failed
 0 two_thirds     - for     -   1  2  0  0  3  passed
 0 two_thirds     - nothing - 666 333 0  0  0  passed
 0 two_thirds     - nothing - 666 334 0  0  0  failed
60 two_thirds     - nothing -   4  2  0  0  4  passed
61 two_thirds     - nothing -   4  2  0  0  4  no_quorum
 0 three_quarters - nothing -   3  1  0  0  0  passed
 0 three_quarters - nothing -   5  2  0  0  0  failed
 0 three_quarters - nothing -   6  2  0  0  0  passed
 0 three_quarters - nothing -   0  0  2  0  0  failed
 0 three_quarters t nothing -   3  0  1  0  0  passed
 0 three_quarters t nothing -   3  0  2  0  0  failed
 0 three_quarters - nothing -   3  0  2  0  0  passed
 0 three_quarters - against -   3  0  0  0  1  passed
 0 three_quarters - against -   3  0  0  0  2  failed
 0 unanimous      - nothing -   0  0  0  0  0  passed
 0 unanimous      - nothing -   1  0  0  0  9  passed
 0 unanimous      - nothing -   9  1  0  0  0  failed
 0 unanimous      - nothing -   9  0  0  1  0  failed
 0 unanimous      - nothing -   1  0  8  0  0  passed
 0 unanimous      t nothing -   1  0  8  0  0  passed
 0 unanimous      - nothing -   0  0  8  0  0  failed
 0 unanimous      - nothing -   0  0  0  0  3  failed
 0 unanimous      - for     -   0  0  0  0  3  passed
 0 unanimous      - against -   9  0  0  0  1  failed
 0 unanimous      - nothing b   9  0  0  1  0  blocked
90 unanimous      - nothing -   8  0  0  0  2  no_quorum
"""
CASES = [line.split() for line in TABLE.strip().splitlines()]


def rules(quorum=0, majority="simple", *, total=False, silence="nothing", blocks=False):
    return Procedure(
        quorum=quorum,
        majority=majority,
        abstentions_count=total,
        silence=silence,
        objection_blocks=blocks,
    )


def counted(yes: int, no: int, abstain: int, objection: int, silent: int) -> dict[str, int]:
    given = ["for"] * yes + ["against"] * no + ["abstain"] * abstain + ["objection"] * objection
    return counting.tally(len(given) + silent, given)


def test_the_table_is_long_enough_and_says_nothing_twice():
    assert len(CASES) >= 60
    assert len({tuple(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_replies_are_counted_by_the_rules(case):
    quorum, majority, total, silence, blocks, *numbers, outcome = case
    its = rules(int(quorum), majority, total=total == "t", silence=silence, blocks=blocks == "b")
    assert counting.outcome_of(its, counted(*map(int, numbers))) == outcome


def test_a_tally_tells_each_number():
    assert counting.tally(7, ["for", "for", "abstain", "objection"], late=2) == {
        "entitled": 7, "for": 2, "against": 0, "abstain": 1, "objection": 1, "silent": 3, "late": 2,
    }  # fmt: skip


# --- for all numbers ------------------------------------------------------------------------

ANY_RULES = st.builds(
    rules,
    st.integers(0, 100),
    st.sampled_from(Procedure.Majority.values),
    total=st.booleans(),
    silence=st.sampled_from(Procedure.Silence.values),
    blocks=st.booleans(),
)
NUMBERS = st.tuples(*[st.integers(0, 60)] * 5)


def agrees(its: Procedure, numbers: tuple[int, ...]) -> bool:
    return counting.outcome_of(its, counted(*numbers)) == "passed"


def moved(numbers: tuple[int, ...], source: int, target: int) -> tuple[int, ...] | None:
    """One section that said this says that instead; None if nobody did."""
    if not numbers[source]:
        return None
    changed = list(numbers)
    changed[source] -= 1
    changed[target] += 1
    return tuple(changed)


@given(ANY_RULES, NUMBERS, st.integers(1, 4))
def test_whoever_turns_to_for_never_undoes_an_agreement(its, numbers, source):
    then = moved(numbers, source, 0)
    if then and agrees(its, numbers):
        assert agrees(its, then)


@given(ANY_RULES, NUMBERS)
def test_one_more_section_that_is_for_never_undoes_an_agreement(its, numbers):
    if agrees(its, numbers):
        assert agrees(its, (numbers[0] + 1, *numbers[1:]))


@given(ANY_RULES, NUMBERS, st.sampled_from([(0, 1), (0, 3), (2, 1), (2, 3), (0, 2)]))
def test_whoever_turns_away_never_makes_an_agreement(its, numbers, turn):
    then = moved(numbers, *turn)
    if then and not agrees(its, numbers):
        assert not agrees(its, then)


@given(ANY_RULES, NUMBERS)
def test_a_harder_majority_never_agrees_where_an_easier_one_does_not(its, numbers):
    results = []
    for majority in ("simple", "absolute", "two_thirds", "three_quarters"):
        its.majority = majority
        results.append(agrees(its, numbers))
    assert results == sorted(results, reverse=True)


@given(ANY_RULES, NUMBERS)
def test_the_words_say_the_same_as_the_count(its, numbers):
    counts = counted(*numbers)
    ended = Consultation(procedure=its, counts=counts, closed_at=timezone.now())
    ended.outcome = counting.outcome_of(its, counts)
    last = {
        "passed": "The sections agree." if counts["entitled"] else "Nothing stands in the way.",
        "failed": "The sections do not agree.",
        "no_quorum": "Too few replied, so the sections have not agreed.",
        "blocked": "An objection blocks it.",
    }
    assert counting.explained(ended)[-1] == last[ended.outcome]


# --- in words -------------------------------------------------------------------------------


def said(its: Procedure, counts: dict[str, int]) -> list[str]:
    ended = Consultation(procedure=its, counts=counts, closed_at=timezone.now())
    ended.outcome = counting.outcome_of(its, counts)
    return counting.explained(ended)


def test_a_result_is_explained_with_its_numbers():
    counts = counting.tally(11, ["for"] * 7 + ["against", "abstain"], late=1)
    assert said(rules(50, "two_thirds"), counts) == [
        "9 of 11 sections replied.",
        "The quorum of 50 per cent is reached.",
        "For: 7. Against: 1. Abstentions: 1. Objections: 0.",
        "Without a reply in time: 2. A section that does not reply counts for neither.",
        "1 section replied too late; that reply is not counted.",
        "Two thirds of 8 is 6 or more; for: 7.",
        "The sections agree.",
    ]


def test_too_few_replies_are_no_result():
    words = said(rules(50), counted(2, 0, 0, 0, 9))
    assert words[1] == "The quorum of 50 per cent is not reached."
    assert words[-1] == "Too few replied, so the sections have not agreed."


def test_what_still_runs_has_no_result_and_what_was_broken_off_says_so():
    running = Consultation(procedure=rules(), counts={})
    assert counting.explained(running) == []
    running.closed_at = timezone.now()
    assert "broken off" in counting.explained(running)[0]
