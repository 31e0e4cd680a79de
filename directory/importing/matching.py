"""Which status a row of a list means, and which organisation of the directory."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from directory.countries import country_code
from directory.folding import fold
from directory.models import Affiliation, Organisation, OrganisationName
from directory.reading import ListRow
from federation.models import Federation, Status

REGIONS = frozenset(
    {
        "africa", "america", "americas", "asia", "asia pacific", "caribbean", "central america",
        "eastern europe", "europe", "latin america", "middle east", "north africa", "north america",
        "oceania", "south america", "western europe",
    }
)  # fmt: skip


class StatusWords:
    """The words by which a list may name the statuses of a federation, in any language."""

    def __init__(self, federation: Federation, default: Status | None = None) -> None:
        self.default = default
        self.words: dict[str, Status] = {}
        for status in federation.statuses.all():
            kind = Status.Kind(status.kind)
            given = [
                status.slug,
                kind.value,
                f"{kind.value}s",
                *status.labels.values(),
                *status.plurals.values(),
            ]
            for word in given:
                self.words.setdefault(fold(word), status)
                self.words.setdefault(fold(word) + "s", status)

    def of(self, row: ListRow) -> Status | None:
        """The status of the row's own column, else of the nearest heading that names one.

        A heading between them may name a country or a part of the world; any other, such
        as “Former sections”, must not pass for what stands above it.
        """
        if row.status:
            return self.words.get(fold(row.status))
        for heading in reversed(row.headings):
            status = self.words.get(fold(heading))
            if status:
                return status
            if not (country_code(heading) or fold(heading) in REGIONS):
                break
        return self.default


class Organisations:
    """Finds the organisation a row means by its address, or its name and country."""

    def __init__(self, federation: Federation, rows: Iterable[ListRow]) -> None:
        self.federation = federation
        self.wanted = {fold(row.name) for row in rows}

    def candidates(self, row: ListRow) -> list[Organisation]:
        """Those that fit, the federation's own first; several mean it is not clear."""
        if row.slug:
            return list(Organisation.objects.filter(slugs__slug=row.slug))
        named = self._by_name.get(fold(row.name), [])
        fitting = [found for found in named if self._same_country(found, row)]
        own = [found for found in fitting if found.pk in self.running]
        return own or fitting

    def _same_country(self, organisation: Organisation, row: ListRow) -> bool:
        theirs = self.country_codes(organisation)
        return not theirs or not row.countries or bool(theirs & set(row.countries))

    @staticmethod
    def country_codes(organisation: Organisation) -> set[str]:
        return {country.code for country in organisation.countries.all()}

    @cached_property
    def running(self) -> dict[int, Affiliation]:
        """The federation's bonds that have not ended, by organisation."""
        bonds = Affiliation.objects.not_ended().filter(federation=self.federation)
        return {
            bond.organisation_id: bond
            for bond in bonds.select_related("organisation", "status__federation")
        }

    @cached_property
    def _by_name(self) -> dict[str, list[Organisation]]:
        """Organisations under each wanted name, their former and translated names included."""
        names = defaultdict(set)
        for key, name in Organisation.objects.values_list("pk", "sort_name"):
            names[name].add(key)
        for key, value in OrganisationName.objects.values_list("organisation", "value"):
            names[fold(value)].add(key)
        found = {name: names[name] for name in self.wanted if name in names}
        rows = Organisation.objects.prefetch_related("countries", "names")
        known = rows.in_bulk([key for keys in found.values() for key in keys])
        return {name: [known[key] for key in sorted(keys)] for name, keys in found.items()}
