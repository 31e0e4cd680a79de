"""What the lists of this app can be narrowed down by. A word nobody knows gets a message."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import freshness
from directory.models import Affiliation, Body, Decision, Effect, Organisation
from federation.models import Federation
from membership.desk import inbox
from membership.forms.choices import country_choices
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    MembershipApplication,
    Proceeding,
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


def _states(model: Any, first: Any = DeskFilter.STATES) -> list[tuple[Any, Any]]:
    return [*first, *(choice for choice in model.State.choices if choice[0] != "draft")]


class RequestFilter(DeskFilter):
    """Requests to one's federations, by whose turn it is; `user` is who looks."""

    MINE = "mine"
    STATES = ((MINE, _("waiting for me")), *DeskFilter.STATES)
    ME, NOBODY = "me", "nobody"
    SORTS = (
        ("due", _("by the next day that counts")),
        ("oldest", _("oldest first")),
        ("newest", _("newest first")),
        ("name", _("by name")),
    )
    ORDERS: ClassVar = {
        "due": (F("due").asc(nulls_last=True), "submitted_at", "pk"),
        "oldest": ("submitted_at", "pk"),
        "newest": ("-submitted_at", "pk"),
        "name": ("organisation__sort_name", "submitted_at", "pk"),
    }

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=_states(AffiliationRequest, STATES), method="by_state",
        empty_label=None,
    )  # fmt: skip
    federation = django_filters.ChoiceFilter(
        label=_("Federation"), field_name="federation__slug", empty_label=_("All of mine")
    )
    status = django_filters.ChoiceFilter(label=_("Asks for"), empty_label=_("any status"))
    assigned = django_filters.ChoiceFilter(
        label=_("Taken on"),
        choices=[(ME, _("by me")), (NOBODY, _("by nobody"))],
        method="by_person",
        empty_label=_("by anyone"),
    )
    overdue = django_filters.ChoiceFilter(
        label=_("Its day"),
        choices=[("yes", _("is over"))],
        method="by_day",
        empty_label=_("whenever"),
    )
    country = django_filters.ChoiceFilter(
        label=_("Country"),
        choices=country_choices,
        method="by_country",
        empty_label=_("All countries"),
    )
    sort = django_filters.ChoiceFilter(
        label=_("In order"), choices=SORTS, method="by_sort", empty_label=None
    )

    class Meta:
        model = AffiliationRequest
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, user: Any, mine: Any, **kwargs: Any) -> None:
        """`mine` are the federations of the person with their statuses, asked for once."""
        data = data.copy() if data is not None else {}
        data["state"] = data.get("state") or self.MINE
        data["sort"] = data.get("sort") or "due"
        super().__init__(data, *args, **kwargs)
        self.user = user
        filters: Any = self.filters
        filters["federation"].extra["choices"] = [(one.slug, str(one)) for one in mine]
        filters["status"].field_name = "status_id"
        filters["status"].extra["choices"] = _statuses_of(mine)

    @classmethod
    def names(cls) -> list[str]:
        """The words of a query that this list knows."""
        return list(cls.base_filters)

    def by_state(self, requests: Any, name: str, state: str) -> Any:
        if state == self.MINE:
            return inbox.mine(requests)
        return super().by_state(requests, name, state)

    def by_person(self, requests: Any, _name: str, person: str) -> Any:
        return requests.filter(assigned_to=self.user if person == self.ME else None)

    def by_day(self, requests: Any, _name: str, _asked: str) -> Any:
        return inbox.overdue(requests)

    def by_country(self, requests: Any, _name: str, code: str) -> Any:
        return requests.filter(organisation__countries__code=code)

    def by_sort(self, requests: Any, _name: str, sort: str) -> Any:
        return requests.order_by(*self.ORDERS[sort])


def _statuses_of(federations: Any) -> list[tuple[str, str]]:
    several = len(federations) > 1
    return [
        (str(status.pk), f"{one.acronym or one}: {status.label}" if several else str(status.label))
        for one in federations
        for status in one.statuses.all()
    ]


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


class ProceedingFilter(DeskFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=_states(Proceeding), method="by_state", empty_label=None
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Proceeding.Kind.choices, empty_label=_("All kinds")
    )
    federation = django_filters.ChoiceFilter(
        label=_("Federation"), field_name="federation__slug", empty_label=_("All of mine")
    )

    class Meta:
        model = Proceeding
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = Proceeding.objects.visible_to(user).order_by().values("federation")
        mine = Federation.objects.coordinated_by(user) | Federation.objects.filter(pk__in=shown)
        self.filters["federation"].extra["choices"] = [(one.slug, str(one)) for one in mine]


class DecisionFilter(django_filters.FilterSet):
    """The register of decisions by whom they are about, federation, body and year."""

    organisation = django_filters.CharFilter(
        label=_("Name or town"), method="by_organisation", max_length=200
    )
    federation = django_filters.ChoiceFilter(
        label=_("Federation"), field_name="federation__slug", empty_label=_("All of mine")
    )
    body = django_filters.ChoiceFilter(
        label=_("Who decided"), choices=Body.choices, empty_label=_("All bodies")
    )
    year = django_filters.NumberFilter(
        label=_("Year"), field_name="decided_on__year", min_value=1800, max_value=2200
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def by_organisation(self, decisions: Any, _name: str, words: str) -> Any:
        found = Organisation.objects.order_by().found_by(words)
        about = Effect.objects.filter(Q(organisation__in=found) | Q(other__in=found))
        return decisions.filter(pk__in=about.order_by().values("decision"))

    def __init__(self, *args: Any, mine: Iterable[Federation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["federation"].extra["choices"] = [(one.slug, str(one)) for one in mine]
