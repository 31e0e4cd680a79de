"""Organisations that may be the one a request speaks of. Names repeat, so this is a question."""

from typing import Any

from django.db.models import Prefetch

from directory.folding import fold
from directory.models import Organisation
from membership.models import AffiliationRequest

AT_MOST = 5
LOOKED_AT = 200


def namesakes(request: AffiliationRequest, user: Any = None) -> list[Organisation]:
    """Those with the same name, or with its acronym in one of its countries; at most five.

    From the public lists and, for a coordinator, from the requests of that office; these
    stand in `asking` of each.
    """
    answers = request.answers
    listed = Organisation.objects.listed()
    mine = AffiliationRequest.objects.managed_by(user).order_by("-submitted_at")
    asking = Prefetch("requests", queryset=mine, to_attr="asking")
    hidden = Organisation.objects.filter(requests__in=mine.order_by())
    name, acronym = fold(answers.get("name", "")), fold(answers.get("acronym", ""))
    countries = set(answers.get("countries", []))
    found = []
    for text in filter(None, (name, acronym)):
        rows = (listed | hidden).filter(search__contains=text).exclude(pk=request.organisation_id)
        rows = rows.distinct().prefetch_related("countries", asking)
        for organisation in rows[:LOOKED_AT]:
            codes = {country.code for country in organisation.countries.all()}
            lines = organisation.search.splitlines()
            if text in lines and (text == name or codes & countries) and organisation not in found:
                found.append(organisation)
    return found[:AT_MOST]
