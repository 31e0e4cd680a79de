"""Federations with their statuses, seats and texts, field by field."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from directory.models import (
    AsAt,
    Body,
    Statutes,
    Term,
)
from directory.serializers.fields import (
    AddressOrNull,
    Linked,
    Made,
    PartialDate,
    TextOrNull,
    Texts,
    one_of,
)
from federation.models import Federation, Status


class StatusSerializer(serializers.ModelSerializer[Status]):
    """What an organisation may be in a federation. A right is null where its texts do not say."""

    federation = serializers.CharField(
        source="federation.slug", help_text="The short name of the federation."
    )
    kind = serializers.CharField(help_text=one_of(Status.Kind))
    labels = Texts(help_text="Texts by language tag.")
    description = Texts(source="descriptions", help_text="Texts by language tag.")

    class Meta:
        model = Status
        fields = (
            "federation", "slug", "kind", "labels", "description", *Status.RIGHTS,
            "is_one_per_country", "is_open_to_requests",
        )  # fmt: skip


class SeatSerializer(Made):
    """An organisation holds a seat in a body today. `until` is the first day without it."""

    body = serializers.CharField(source="seat.body", help_text=one_of(Body))
    title = serializers.CharField(source="seat.title", help_text="The seat in words.")
    organisation = serializers.CharField(
        source="organisation.slug", help_text="The short name of the organisation that holds it."
    )
    since = serializers.DateField(allow_null=True, help_text="Null: the beginning is not known.")
    until = serializers.DateField(allow_null=True)


class StatutesSerializer(Made):
    """A version of one of the federation’s own texts. It holds until the next of its kind does."""

    kind = serializers.CharField(help_text=one_of(Statutes.Kind))
    title = serializers.CharField()
    language = serializers.CharField(help_text="In which it was adopted.")
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="In which it can be read."
    )
    since = serializers.DateField(allow_null=True, help_text="Null: the beginning is not known.")
    seen_on = serializers.SerializerMethodField(
        help_text="Where the beginning is not known: a day on which it held."
    )
    url = serializers.SerializerMethodField(help_text="The page with its words.")

    @extend_schema_field({"type": "string", "format": "date", "nullable": True})
    def get_seen_on(self, of: Statutes) -> str | None:
        return None if of.since else of.known_by.isoformat()

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, of: Statutes) -> str:
        return str(self.context["request"].build_absolute_uri(of.get_absolute_url()))


class FederationSerializer(Linked):
    """A body that organisations affiliate to."""

    name = serializers.CharField()
    names = Texts(help_text="Texts by language tag.")
    acronym = TextOrNull()
    language = serializers.CharField(help_text="The language of the original texts.")
    kind = serializers.CharField(help_text=one_of(Federation.Kind))
    scope = serializers.CharField(help_text=one_of(Federation.Scope))
    area = Texts(source="areas", help_text="Texts by language tag.")
    purpose = Texts(source="purposes", help_text="Texts by language tag.")
    principles = Texts(help_text="Texts by language tag, one principle in each line.")
    subjects = Texts(help_text="Texts by language tag.")
    website = AddressOrNull()
    founded = PartialDate()
    dissolved = PartialDate()
    persons_join = serializers.CharField(help_text=one_of(Federation.PersonsJoin))
    hosts = serializers.SerializerMethodField(help_text="Organisations that persons join for it.")
    statuses = StatusSerializer(many=True)
    seats = serializers.SerializerMethodField(help_text="Who holds which seat today.")
    statutes = StatutesSerializer(
        many=True, help_text="Statutes and rules, all versions, the newest of each kind first."
    )
    is_fictional = serializers.BooleanField(help_text="Invented for demonstration.")

    def get_hosts(self, of: Any) -> list[str]:
        return [host.organisation.slug for host in of.shown_hosts]

    @extend_schema_field(SeatSerializer(many=True))
    def get_seats(self, of: Any) -> Any:
        today = timezone.localdate()
        terms: list[Term] = [term for seat in of.seats.all() for term in seat.shown_terms]
        sure = [term for term in terms if term.answer(today) == AsAt.YES]
        return SeatSerializer(sure, many=True).data
