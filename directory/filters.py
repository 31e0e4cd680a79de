"""What may be asked of the lists: one class for the page and the API alike."""

import datetime
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from directory.countries import REGIONS, countries, countries_of
from directory.models import (
    Affiliation,
    Industry,
    Organisation,
    OrganisationCountry,
    OrganisationLanguage,
)
from directory.orders import BestFirst, ByCountry, ByName, BySince
from directory.paging import Order
from directory.searching import Search
from directory.spelling import respelled
from directory.strict import ListFilter, StrictForm, day_field
from federation.models import Federation, Status
from federation.models.fields import validate_language

ANY = _("any")
# These are asked of the bonds of an organisation.
BOND_PARAMETERS = ("federation", "status", "on")


def validate_country(code: str) -> None:
    """One of the codes of ISO 3166-1, in capitals."""
    if code not in countries():
        message = _("“%(code)s” is not a country code such as SE.")
        raise ValidationError(message, params={"code": code[:60]})


class BondFilter(ListFilter):
    """Asks about bonds: to which federation, under which status, on which day."""

    federation = filters.CharFilter(
        method="kept",
        label=_("Federation"),
        help_text=_("The short name of a federation."),
        widget=forms.Select,
    )
    status = filters.CharFilter(
        method="kept",
        label=_("Status"),
        help_text=_(
            "“section”, “friend”, “observer”, or the short name of a federation’s own status."
        ),
        widget=forms.Select,
    )
    on = filters.DateFilter(
        method="kept",
        label=_("On the day"),
        help_text=_("Statuses as they were on that day, or where that is not known."),
        **day_field(),
    )

    @property
    def day(self) -> datetime.date:
        """The day the statuses are asked for."""
        return self.asked.get("on") or timezone.localdate()

    def look_up(self) -> None:
        super().look_up()
        federation, status = self.asked["federation"], self.asked["status"]
        if federation and not self._federations().filter(slug=federation).exists():
            self.refuse("federation", federation)
        elif status and status not in Status.Kind.values and not self._own_statuses().exists():
            self.refuse("status", status)

    def _federations(self) -> QuerySet[Federation]:
        return Federation.objects.visible_to(self.request.user)

    def _own_statuses(self) -> QuerySet[Status]:
        own = Status.objects.visible_to(self.request.user).filter(slug=self.asked["status"])
        federation = self.asked["federation"]
        return own.filter(federation__slug=federation) if federation else own

    def narrowed(self, bonds: QuerySet[Affiliation], **instead: str) -> QuerySet[Affiliation]:
        """Those of the federation and status asked for; both are asked of the same bond."""
        asked = {**self.asked, **instead}
        federation, status = asked["federation"], asked["status"]
        if federation:
            bonds = bonds.filter(federation__slug=federation)
        if status in Status.Kind.values:
            return bonds.filter(status__kind=status)
        return bonds.filter(status__slug=status) if status else bonds


class OrganisationFilter(BondFilter):
    """The list of organisations, on the page and in the API."""

    q = filters.CharFilter(
        method="find",
        label=_("Search"),
        help_text=_("Words of any name, of the town or country, in any order and script."),
        max_length=200,
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Organisation.Kind.choices, empty_label=ANY)
    country = filters.CharFilter(
        field_name="countries__code",
        label=_("Country"),
        help_text=_("The code of ISO 3166-1, such as SE."),
        validators=[validate_country],
        widget=forms.Select,
    )
    region = filters.ChoiceFilter(
        method="lie_in",
        label=_("Region of the world"),
        choices=[(region, region) for region in REGIONS],
        empty_label=ANY,
    )
    language = filters.CharFilter(
        method="speak",
        label=_("Language"),
        help_text=_("A language tag such as es or pt-BR; es finds all kinds of Spanish."),
        validators=[validate_language],
        widget=forms.Select,
    )
    industry = filters.ChoiceFilter(
        field_name="industries__code",
        label=_("Industry"),
        choices=Industry.choices,
        empty_label=ANY,
    )
    sort = filters.ChoiceFilter(
        method="kept",
        label=_("Order"),
        choices=[
            ("best", _("best match first")),
            ("name", _("by name")),
            ("-name", _("by name, backwards")),
            ("country", _("by country")),
            ("since", _("longest affiliated first")),
            ("changed", _("latest changes first")),
        ],
        empty_label=None,
    )

    # Best first and since ask more than a column, see `order`.
    orders: ClassVar = {
        "name": ByName(),
        "-name": ByName(descending=True),
        "country": ByCountry(),
        "changed": Order(Organisation, "changed_at", descending=True),
    }

    class Meta:
        model = Organisation
        form = StrictForm
        fields: ClassVar[list[str]] = []

    @cached_property
    def search(self) -> Search:
        """What is searched for; spelled otherwise where nothing in the lists is spelled so."""
        return respelled(Search(self.asked["q"]), Organisation.objects.listed())

    @property
    def order(self) -> Order:
        chosen = self.asked.get("sort") or ("best" if self.asked["q"] else "name")
        if chosen == "best":
            return BestFirst(segments=tuple(self.search.segments))
        return BySince(bonds=self.bonds) if chosen == "since" else self.orders[chosen]

    @property
    def bonds(self) -> QuerySet[Affiliation]:
        """The public bonds of the federation, status and day asked about."""
        return self.narrowed(Affiliation.objects.visible_to(None).not_out(self.day))

    def find(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(self.search.condition)

    def lie_in(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        inside = OrganisationCountry.objects.filter(code__in=countries_of(value))
        return queryset.filter(Exists(inside.filter(organisation=OuterRef("pk"))))

    def speak(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        code = Q(code__iexact=value) | Q(code__istartswith=f"{value}-")
        speakers = OrganisationLanguage.objects.filter(code, organisation=OuterRef("pk"))
        return queryset.filter(Exists(speakers))

    def without(self, *names: str) -> QuerySet[Organisation]:
        """What would be found if these were not asked."""
        asked = {**self.asked, **dict.fromkeys(names)}
        return self.found(self.queryset, asked)

    def filter_queryset(self, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        return self.found(queryset, self.asked)

    def found(self, queryset: QuerySet[Organisation], asked: dict[str, Any]) -> Any:
        for name, one in self.filters.items():
            queryset = one.filter(queryset, asked[name])
        if not any(asked[name] for name in BOND_PARAMETERS):
            return queryset
        bonds = Affiliation.objects.visible_to(None).not_out(asked["on"] or timezone.localdate())
        narrowed = self.narrowed(bonds, **{name: asked[name] for name in ("federation", "status")})
        return queryset.filter(Exists(narrowed.filter(organisation=OuterRef("pk"))))


class AffiliationFilter(BondFilter):
    """The list of affiliations, in the API."""

    organisation = filters.CharFilter(
        method="kept",
        label=_("Organisation"),
        help_text=_("The short name of an organisation, also a former one."),
    )

    orders: ClassVar = {"": Order(Affiliation, "pk")}

    class Meta:
        model = Affiliation
        form = StrictForm
        fields: ClassVar[list[str]] = []

    @cached_property
    def _organisation(self) -> Organisation | None:
        seen = Organisation.objects.visible_to(self.request.user)
        return seen.filter(slugs__slug=self.asked["organisation"]).first()

    def look_up(self) -> None:
        super().look_up()
        if self.asked["organisation"] and self._organisation is None:
            self.refuse("organisation", self.asked["organisation"])

    def filter_queryset(self, queryset: Any) -> QuerySet[Affiliation]:
        bonds = queryset.possible(self.day) if self.asked["on"] else queryset.as_at(self.day)
        if self.asked["organisation"]:
            bonds = bonds.filter(organisation=self._organisation)
        return self.narrowed(bonds)


class FederationFilter(ListFilter):
    """The list of federations, in the API."""

    orders: ClassVar = {"": Order(Federation, "slug")}

    class Meta:
        model = Federation
        form = StrictForm
        fields: ClassVar[list[str]] = []
