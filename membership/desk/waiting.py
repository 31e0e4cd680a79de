"""Decisions that wait for a second person, as the lists of the desk name them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from directory.models import Body, Organisation
from federation.models import User
from federation.texts import joined
from membership.desk import seat_acts, teamwork
from membership.models import PreparedDecision
from membership.seconding.terms import ROW, read

NAMED = 3  # organisations in a line


def rows_for(user: Any) -> list[dict[str, Any]]:
    """What is prepared in the person's federations, for the list of decisions."""
    found = list(
        PreparedDecision.objects.managed_by(user)
        .standing()
        .select_related("federation", "proceeding__organisation")
    )
    people = User.objects.in_bulk([one.by for one in found if one.by])
    called = dict(
        Organisation.objects.filter(pk__in={pk for one in found for pk in _about(one)}).values_list(
            "pk", "name"
        )
    )
    return [
        {
            "prepared": one,
            "title": title_of(one),
            "about": [called[pk] for pk in _about(one) if pk in called][:NAMED],
            "by": teamwork.called(people.get(one.by)),
            "is_own": one.by == user.pk,
        }
        for one in found
    ]


def _about(prepared: PreparedDecision) -> list[int]:
    """The organisations for which something follows, by their keys."""
    effects = prepared.terms.get("effects", [])
    return list(dict.fromkeys(int(effect["organisation"][ROW][1]) for effect in effects))


def title_of(prepared: PreparedDecision) -> str:
    """As a decision is called: by its body, its day and its reference."""
    if prepared.act:
        return _title_of_act(prepared)
    terms, verdict = prepared.terms, prepared.terms.get("verdict", {})
    day = read(terms.get("decided_on") or verdict.get("decided_on"))
    called = joined([str(Body(terms["body"]).label), date_format(day, "DATE_FORMAT")])
    return " ".join(filter(None, [called, terms.get("reference")]))


def _title_of_act(prepared: PreparedDecision) -> str:
    label = str(seat_acts.ACTS[prepared.act].label)
    try:
        return f"{label}: {seat_acts.seat_of(seat_acts.terms_of(prepared)).title}"
    except ValidationError:  # what it names is no longer there: its page says so
        return label
