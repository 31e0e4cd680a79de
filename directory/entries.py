"""Organisations as the public directory shows them.

Pages and serializers read an `Entry` and never the row itself, so that what a shielded
organisation withdraws is withdrawn everywhere at once.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import get_language

from directory.models import Affiliation, Organisation, OrganisationName
from directory.models.affiliations import AffiliationQuerySet
from federation.texts import Text, in_language

# What a whole entry shows beside the names and countries that a line in a list shows.
WHOLE = ("languages", "industries", "identifiers", "sites")

# The columns that a shielded organisation withdraws, with what stands there instead. Whoever
# shows plain columns and no `Entry` reads them here too.
WITHDRAWN: dict[str, Any] = {
    "city": "",
    "latitude": None,
    "longitude": None,
    "website": "",
    "descriptions": {},  # free words may hold a street or a telephone number
}
# The same for what hangs on it.
WITHDRAWN_DETAILS = ("contacts", "identifiers", "sites")


class Entry:
    """The public face of one organisation."""

    def __init__(self, row: Organisation) -> None:
        self._row = row
        self._names: list[OrganisationName] = list(row.names.all())
        self._countries = list(row.countries.all())

    @property
    def slug(self) -> str:
        return self._row.slug

    @property
    def get_absolute_url(self) -> str:
        return self._row.get_absolute_url()

    @property
    def is_published(self) -> bool:
        return self._row.visibility != Organisation.Visibility.PROPOSED

    @property
    def is_listed(self) -> bool:
        return self._row.visibility in Organisation.LISTED

    @property
    def is_fictional(self) -> bool:
        return self._row.is_fictional

    @property
    def name(self) -> Text:
        return Text(self._row.name, self._row.language)

    @property
    def translated_name(self) -> Text | None:
        names = [(name.kind, name.value, name.language) for name in self._names]
        return name_for_reader(self._row.language, names)

    @property
    def acronym(self) -> str:
        kind = OrganisationName.Kind.ACRONYM
        return next((name.value for name in self._names if name.kind == kind), "")

    @property
    def names(self) -> list[OrganisationName]:
        """All of them, the official one first."""
        official = OrganisationName(
            value=self._row.name, language=self._row.language, kind=OrganisationName.Kind.OFFICIAL
        )
        return [official, *self._names]

    @property
    def other_names(self) -> list[OrganisationName]:
        """Those that the head of a page does not show already."""
        shown = {self.acronym, str(self.translated_name or "")}
        return [name for name in self._names if name.value not in shown]

    @property
    def kind(self) -> str:
        return self._row.kind

    @property
    def get_kind_display(self) -> str:
        return self._row.get_kind_display()

    @property
    def countries(self) -> list[Any]:
        return self._countries

    @property
    def only_country(self) -> str:
        """Its code; empty where there are several, of which nobody says where the town lies."""
        return self._countries[0].code if len(self._countries) == 1 else ""

    @property
    def country_names(self) -> list[str]:
        return [country.name for country in self._countries]

    @property
    def languages(self) -> list[str]:
        return [language.code for language in self._row.languages.all()]

    @property
    def industries(self) -> list[Any]:
        return list(self._row.industries.all())

    @property
    def identifiers(self) -> list[Any]:
        """They lead straight to the site, the seat and the names of people."""
        return [] if self._row.is_shielded else list(self._row.identifiers.all())

    @property
    def sites(self) -> list[Any]:
        """Its further sites, news feeds and places in social networks."""
        return [] if self._row.is_shielded else list(self._row.sites.all())

    @property
    def founded(self) -> str:
        return self._row.founded

    @property
    def dissolved(self) -> str:
        return self._row.dissolved

    @property
    def verified_on(self) -> Any:
        return self._row.verified_on

    @property
    def changed_at(self) -> Any:
        return self._row.changed_at

    @property
    def affiliations(self) -> list[Affiliation]:
        return list(getattr(self._row, "shown_bonds", ()))

    # What a shielded organisation withdraws.

    def _unless_shielded(self, column: str) -> Any:
        return WITHDRAWN[column] if self._row.is_shielded else getattr(self._row, column)

    @property
    def place(self) -> str:
        return str(self._unless_shielded("city"))

    @property
    def latitude(self) -> Decimal | None:
        return self._unless_shielded("latitude")

    @property
    def longitude(self) -> Decimal | None:
        return self._unless_shielded("longitude")

    @property
    def website(self) -> str:
        return str(self._unless_shielded("website"))

    @property
    def descriptions(self) -> dict[str, str]:
        return dict(self._unless_shielded("descriptions"))

    @property
    def description(self) -> Text:
        return in_language(self.descriptions, original=self._row.language)


def name_for_reader(original: str, names: Iterable[tuple[str, str, str]]) -> Text | None:
    """The name in the reader's language, where the organisation has another one in it.

    `original` is the language of the name it goes by; `names` are kind, value and language.
    """
    reader = get_language() or "en"
    if original.partition("-")[0] == reader:
        return None
    kinds = (OrganisationName.Kind.OFFICIAL, OrganisationName.Kind.TRANSLATED)
    for kind, value, language in names:
        if kind in kinds and language.partition("-")[0] == reader:
            return Text(value, language)
    return None


def shown_bonds(user: Any) -> AffiliationQuerySet:
    """The bonds this reader may see, without those a correction took back."""
    bonds: AffiliationQuerySet = Affiliation.objects.visible_to(user).standing()
    return bonds.select_related(
        "status__federation", "decision", "source", "end_decision", "end_source"
    )


def entries(
    rows: Iterable[Organisation],
    *,
    bonds: QuerySet[Affiliation] | None = None,
    with_also: Iterable[str] = (),
) -> list[Entry]:
    """The rows as the directory shows them, with their bonds if given: a query each relation."""
    rows = list(rows)
    wanted: list[Any] = ["names", "countries", *with_also]
    if bonds is not None:
        wanted.append(Prefetch("affiliations", queryset=bonds, to_attr="shown_bonds"))
    prefetch_related_objects(rows, *wanted)
    return [Entry(row) for row in rows]


@lru_cache(maxsize=4096)
def _language_name(code: str, reader: str) -> str:
    try:
        return Locale.parse(code, sep="-").get_display_name(reader.replace("-", "_")) or code
    except (UnknownLocaleError, ValueError):
        return code


def language_name(code: str) -> str:
    """The language in the reader's words."""
    return _language_name(code, get_language() or "en")
