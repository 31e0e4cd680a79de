"""The facets beside the list, and the filters in force above it: in words, each a link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from directory.countries import country_name, region_name
from directory.entries import language_name
from directory.facets import FACETS, Counts
from directory.filters import OrganisationFilter
from directory.folding import fold
from directory.models import Industry, Organisation
from directory.strict import HOW_IT_IS_READ
from directory.views import drawing, facts
from directory.views.drawing import Value
from federation.models import Federation, Status
from federation.texts import Text

SHOWN = 8  # values of a facet at once; the others open below them


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    values: list[Value]

    @property
    def first(self) -> SafeString:
        return drawing.choices(self.values[:SHOWN])

    @property
    def others(self) -> SafeString:
        return drawing.choices(self.values[SHOWN:])

    @property
    def number_of_others(self) -> int:
        return len(self.values[SHOWN:])


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the list without it."""

    label: str
    value: Text
    url: str


class Question:
    """What is asked of the list now, and how to ask a little differently."""

    def __init__(self, asked: QueryDict, path: str) -> None:
        given = {name: value.strip() for name, value in asked.items() if name != "after"}
        self._asked = {name: value for name, value in given.items() if value}
        self._path = path

    def but(self, **changes: str | None) -> str:
        """The list asked with these instead, from its start unless they give a place."""
        given = {name: value for name, value in {**self._asked, **changes}.items() if value}
        return facts.list_url(**given) if given else self._path

    def without(self, *names: str) -> dict[str, str]:
        """What is asked, for the hidden fields of a form that asks the rest."""
        return {name: value for name, value in self._asked.items() if name not in names}


def names_of(counts: Mapping[str, Any], federation: str) -> dict[str, Callable[[str], Text]]:
    """For each facet, what its values are called in the reader's language."""
    slugs = [*counts.get("federation", ()), federation]
    federations = {one.slug: one for one in Federation.objects.filter(slug__in=slugs)}
    statuses = {value: Text(str(label), "") for value, label in Status.Kind.choices}
    if federation:
        own = Status.objects.visible_to(None).filter(federation__slug=federation)
        own = own.exclude(slug__in=Status.Kind.values).select_related("federation")
        statuses.update({one.slug: one.label for one in own})
    plain = {
        "country": country_name,
        "region": region_name,
        "language": language_name,
        "industry": dict(Industry.choices).get,
        "kind": dict(Organisation.Kind.choices).get,
    }
    return {
        "federation": lambda slug: (
            federations[slug].name if slug in federations else Text(slug, "")
        ),
        "status": lambda slug: statuses.get(slug, Text(slug, "")),
        **{name: _plainly(called) for name, called in plain.items()},
    }


def _plainly(called: Callable[[str], Any]) -> Callable[[str], Text]:
    return lambda value: Text(str(called(value) or value), "")


def facets(found: OrganisationFilter, counts: Counts, question: Question) -> list[Facet]:
    """The facets with something to choose: what is chosen first, then what is frequent."""
    names = names_of(counts, found.asked["federation"])
    made = []
    for name in FACETS:
        chosen = found.asked[name]
        values = [
            Value(
                names[name](value),
                count,
                question.but(**_changes(found, name, None if value == chosen else value)),
                value == chosen,
            )
            for value, count in counts[name].items()
        ]
        values.sort(key=lambda one: (not one.is_chosen, -one.count, fold(str(one.name))))
        if values:
            made.append(Facet(name, str(found.form.fields[name].label), values))
    return made


def _changes(found: OrganisationFilter, name: str, value: str | None) -> dict[str, str | None]:
    """What choosing a value changes: a federation's own status means nothing in another one."""
    if name == "federation" and found.asked["status"] not in Status.Kind.values:
        return {"federation": value, "status": None}
    return {name: value}


def chips(found: OrganisationFilter, question: Question) -> list[Chip]:
    """The filters in force, in words."""
    names = names_of({}, found.asked["federation"])
    made = []
    for name in ("q", *FACETS, "on"):
        value = found.asked[name]
        if not value:
            continue
        if name == "on":
            words = Text(date_format(value, "DATE_FORMAT"), "")
        else:
            words = names[name](value) if name in names else Text(value, "")
        label = str(found.form.fields[name].label)
        made.append(Chip(label, words, question.but(**_changes(found, name, None))))
    return made


def sorts(found: OrganisationFilter, question: Question) -> list[Value]:
    """The orders a list may be in."""
    words = found.asked["q"]
    usual = "best" if words else "name"
    chosen = found.asked["sort"] or usual
    return [
        Value(
            Text(str(label), ""),
            0,
            question.but(sort=None if name == usual else name),
            name == chosen,
        )
        for name, label in found.form.fields["sort"].choices
        if name and (name != "best" or words)
    ]


def map_url(question: Question) -> str:
    """The same question, answered on the map."""
    asked = question.without(*HOW_IT_IS_READ)
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{reverse('directory:organisation_map')}{query}"
