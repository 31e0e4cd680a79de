"""Decisions that wait for a second person, as the lists of the desk name them."""

from typing import Any

from django.utils.formats import date_format

from directory.models import Body
from federation.models import User
from federation.texts import joined
from membership.desk import teamwork
from membership.models import PreparedDecision
from membership.seconding.terms import read


def rows_for(user: Any) -> list[dict[str, Any]]:
    """What is prepared in the person's federations, for the list of decisions."""
    found = list(
        PreparedDecision.objects.managed_by(user)
        .standing()
        .select_related("federation", "proceeding__organisation")
    )
    people = User.objects.in_bulk([one.by for one in found if one.by])
    return [
        {
            "prepared": one,
            "title": title_of(one),
            "by": teamwork.called(people.get(one.by)),
            "is_own": one.by == user.pk,
        }
        for one in found
    ]


def title_of(prepared: PreparedDecision) -> str:
    """As a decision is called: by its body, its day and its reference."""
    terms, verdict = prepared.terms, prepared.terms.get("verdict", {})
    day = read(terms.get("decided_on") or verdict.get("decided_on"))
    called = joined([str(Body(terms["body"]).label), date_format(day, "DATE_FORMAT")])
    return " ".join(filter(None, [called, terms.get("reference")]))
