"""What has changed in the public directory since a moment: for whoever keeps a copy of it.

A change is known from when it was committed, and dated from a little before. So a reading is
repeated from `OVERLAP` before it began: rows may come twice, and none is ever missed, as long
as no transaction that writes takes longer than that.
"""

import datetime
import re
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from directory.answers import Address, Made, organisations
from directory.exports.about import moment
from directory.models import Decision, Organisation
from directory.paging import Order
from directory.strict import ListFilter, StrictForm
from federation.models import Federation, Status, plausible_date

OVERLAP = datetime.timedelta(minutes=10)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII)


class MomentField(forms.CharField):
    """A moment with its zone, 2026-11-01T12:00:00Z, or the start of a day in UTC."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            if not MOMENT.fullmatch(text):
                raise ValueError(text)
            found = datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_("Write the moment as 2026-11-01T12:00:00Z.")) from error
        plausible_date(found.date())
        return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


class MomentFilter(filters.Filter):
    field_class = MomentField


A_MOMENT = {"type": "string", "format": "date-time"}


class ChangeFilter(ListFilter):
    """The organisations that changed since a moment, in the API."""

    since = extend_schema_field(
        {**A_MOMENT, "description": "A moment such as 2026-11-01T12:00:00Z."}
    )(MomentFilter(method="changed", label=_("Since"), required=True))
    begun = extend_schema_field(
        {**A_MOMENT, "description": "When this reading began, as the next link gives it."}
    )(MomentFilter(method="kept", label=_("Begun")))

    orders: ClassVar = {"": Order(Organisation, "changed_at")}

    class Meta:
        model = Organisation
        form = StrictForm
        fields: ClassVar[list[str]] = []

    def changed(self, queryset: Any, name: str, value: Any) -> QuerySet[Organisation]:
        found: QuerySet[Organisation] = queryset.filter(changed_at__gte=value)
        return found

    @cached_property
    def reading_since(self) -> datetime.datetime:
        return self.asked["begun"] or timezone.now()


class OfFederation(ListFilter):
    """A list that may be asked for one federation alone."""

    federation = filters.CharFilter(
        field_name="federation__slug",
        label=_("Federation"),
        help_text=_("The short name of a federation."),
    )

    def look_up(self) -> None:
        super().look_up()
        federation = self.asked["federation"]
        seen = Federation.objects.visible_to(None)
        if federation and not seen.filter(slug=federation).exists():
            self.refuse("federation", federation)


class StatusFilter(OfFederation):
    """The list of statuses, in the API."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=Status.Kind.choices)

    orders: ClassVar = {"": Order(Status, "pk")}

    class Meta:
        model = Status
        form = StrictForm
        fields: ClassVar[list[str]] = []


class DecisionFilter(OfFederation):
    """The list of decisions, in the API."""

    orders: ClassVar = {"": Order(Decision, "decided_on", descending=True)}

    class Meta:
        model = Decision
        form = StrictForm
        fields: ClassVar[list[str]] = []


def ever_listed() -> QuerySet[Organisation]:
    """What is in the public lists, and what was: with the address it had there last."""
    then = Organisation.history.filter(id=OuterRef("pk"), visibility__in=Organisation.LISTED)
    rows: QuerySet[Organisation] = Organisation.objects.filter(
        Q(visibility__in=Organisation.LISTED) | Exists(then)
    )
    last = then.order_by("-history_date", "-history_id").values("slug")[:1]
    return rows.annotate(listed_as=Subquery(last)).only("slug", "visibility", "changed_at")


def told(changed: list[Any], address: Address) -> list[Made]:
    """Each as it is now. Of what was withdrawn only the address is told by which it was known."""
    listed = [row.pk for row in changed if row.visibility in Organisation.LISTED]
    faces = {face["slug"]: face for face in organisations(listed, timezone.localdate(), address)}
    made = []
    for row in changed:
        face = faces.get(row.slug)
        made.append(
            {
                "slug": row.slug if face else row.listed_as or row.slug,
                "url": face["url"] if face else None,
                "changed_at": moment(row.changed_at),
                "change": "changed" if face else "withdrawn",
                "organisation": face,
            }
        )
    return made
