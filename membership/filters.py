"""What the lists of this app can be narrowed down by. A word nobody knows gets a message."""

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import freshness
from directory.models import Affiliation, Organisation
from federation.models import Federation
from membership.forms.choices import country_choices
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    MembershipApplication,
)

WAITING, OPEN, ALL = "waiting", "open", "all"


def federation_choices() -> list[tuple[str, str]]:
    return [(federation.slug, str(federation)) for federation in Federation.objects.all()]


class JoinFilter(django_filters.FilterSet):
    """Organisations that persons can apply to."""

    q = django_filters.CharFilter(label=_("Name or town"), method="by_words", max_length=200)
    country = django_filters.ChoiceFilter(
        label=_("Country"),
        choices=country_choices,
        method="by_country",
        empty_label=_("All countries"),
    )
    federation = django_filters.ChoiceFilter(
        label=_("Federation"), choices=federation_choices, method="by_federation",
        empty_label=_("All federations"),
    )  # fmt: skip

    class Meta:
        model = Organisation
        fields: list[str] = []

    def by_words(self, organisations: Any, _name: str, words: str) -> Any:
        return organisations.found_by(words)

    def by_country(self, organisations: Any, _name: str, code: str) -> Any:
        return organisations.filter(countries__code=code)

    def by_federation(self, organisations: Any, _name: str, slug: str) -> Any:
        bonds = Affiliation.objects.visible_to(None).possible(timezone.localdate())
        return organisations.filter(
            pk__in=bonds.filter(federation__slug=slug).values("organisation")
        )


class DeskFilter(django_filters.FilterSet):
    """By what has to be done: what waits for a decision unless something else is asked for."""

    STATES = ((WAITING, _("waiting for us")), (OPEN, _("all open ones")), (ALL, _("all")))

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        data = data.copy() if data is not None else {}
        data["state"] = data.get("state") or WAITING
        super().__init__(data, *args, **kwargs)

    def by_state(self, filings: Any, _name: str, state: str) -> Any:
        if state == ALL:
            return filings
        if state == WAITING:
            return filings.waiting()
        return filings.open() if state == OPEN else filings.filter(state=state)


def _states(model: Any) -> list[tuple[Any, Any]]:
    return [*DeskFilter.STATES, *(choice for choice in model.State.choices if choice[0] != "draft")]


class RequestFilter(DeskFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=_states(AffiliationRequest), method="by_state", empty_label=None
    )
    federation = django_filters.ChoiceFilter(
        label=_("Federation"), field_name="federation__slug", empty_label=_("All of mine")
    )

    class Meta:
        model = AffiliationRequest
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Federation.objects.coordinated_by(user)
        self.filters["federation"].extra["choices"] = [(one.slug, str(one)) for one in mine]


class ApplicationFilter(DeskFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=_states(MembershipApplication),
        method="by_state",
        empty_label=None,
    )
    organisation = django_filters.ChoiceFilter(
        label=_("Organisation"), field_name="organisation__slug", empty_label=_("All of mine")
    )

    class Meta:
        model = MembershipApplication
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.kept_by(user)
        self.filters["organisation"].extra["choices"] = [(one.slug, one.name) for one in mine]


class ClaimFilter(DeskFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=_states(EntryClaim), method="by_state", empty_label=None
    )

    class Meta:
        model = EntryClaim
        fields: list[str] = []


class ReportFilter(DeskFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=_states(ErrorReport), method="by_state", empty_label=None
    )

    class Meta:
        model = ErrorReport
        fields: list[str] = []


class EntriesFilter(django_filters.FilterSet):
    """The organisations of one's federations, by whether their entries are known to be right."""

    confirmed = django_filters.ChoiceFilter(
        label=_("Last confirmed"),
        choices=[("overdue", _("overdue"))],
        method="by_confirmation",
        empty_label=_("whenever"),
    )

    class Meta:
        model = Affiliation
        fields: list[str] = []

    def by_confirmation(self, bonds: Any, _name: str, _asked: str) -> Any:
        late = freshness.overdue(Organisation.objects.order_by(), timezone.localdate())
        return bonds.filter(organisation__in=late)
