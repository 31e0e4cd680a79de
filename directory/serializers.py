"""The public face of the directory in the API, field by field: what the schema says of it.

No field is ever left out: what is not known is null. Organisations and bonds are made by
`directory.answers` from plain rows; a test holds these descriptions against what it makes.
"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from directory.answers import RELATIONS
from directory.models import (
    AsAt,
    Body,
    Decision,
    Effect,
    EndReason,
    Identifier,
    Industry,
    Organisation,
    OrganisationName,
    OrganisationSite,
    PublicContact,
    Source,
    Statutes,
    Term,
)
from federation.models import Federation, Status

Made = serializers.Serializer[Any]


class OrNull(serializers.Field):
    """What is not known is empty in the database and null in the API."""

    def to_representation(self, value: Any) -> Any:
        return value or None


@extend_schema_field({"type": "string", "nullable": True})
class TextOrNull(OrNull):
    pass


@extend_schema_field({"type": "string", "format": "uri", "nullable": True})
class AddressOrNull(OrNull):
    pass


@extend_schema_field({"type": "string", "nullable": True, "example": "2016-03"})
class PartialDate(OrNull):
    """A date as exactly as it is known: 2016, 2016-03 or 2016-03-12."""


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class Texts(serializers.Field):
    """Texts by language tag."""

    def to_representation(self, value: Any) -> Any:
        return value


def one_of(choices: Any) -> str:
    """The words a field may have. No enumerations: five of them would be called `kind`."""
    return f"One of {', '.join(choices.values)}."


class Linked(Made):
    """What has a page of its own."""

    slug = serializers.CharField(help_text="Its short name, which is never given to another.")
    url = serializers.SerializerMethodField(help_text="The page about it.")

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, of: Any) -> str:
        address = of.get_absolute_url
        path = address() if callable(address) else address
        return str(self.context["request"].build_absolute_uri(path))


# --- affiliations ---------------------------------------------------------------------------


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """The recorded act of a body."""

    body = serializers.CharField(help_text=one_of(Decision.Body))
    place = TextOrNull()
    reference = TextOrNull()

    class Meta:
        model = Decision
        fields = ("body", "decided_on", "place", "reference")


class SourceSerializer(serializers.ModelSerializer[Source]):
    """Where a statement comes from, and on which day it was so."""

    url = AddressOrNull()

    class Meta:
        model = Source
        fields = ("title", "url", "as_of")


class AffiliationSerializer(Made):
    """A dated bond. `until` is the first day that no longer counts."""

    id = serializers.IntegerField(help_text="For its own address; a corrected bond gets another.")
    organisation = serializers.CharField(help_text="The short name of the organisation.")
    federation = serializers.CharField(help_text="The short name of the federation.")
    status = serializers.CharField(help_text="The federation’s own status.")
    status_label = serializers.CharField(help_text="The status in words.")
    kind = serializers.CharField(help_text=one_of(Status.Kind))
    votes = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the status votes at congresses; null where the federation does not say. "
        "While `suspended`, this right rests like all others.",
    )
    since = serializers.DateField(allow_null=True, help_text="Null: the beginning is not known.")
    seen_on = serializers.DateField(
        allow_null=True, help_text="Where the beginning is not known: a day on which it was so."
    )
    until = serializers.DateField(allow_null=True)
    gone_on = serializers.DateField(
        allow_null=True, help_text="Where the end is not known: a day by which it was over."
    )
    end_reason = TextOrNull()
    decision = DecisionSerializer(allow_null=True)
    source = SourceSerializer()
    end_decision = DecisionSerializer(allow_null=True)
    end_source = SourceSerializer(allow_null=True)
    answer = serializers.CharField(
        help_text=f"Was it in force on the day asked about, today if none was? {one_of(AsAt)}"
    )
    suspended = serializers.BooleanField(
        help_text="Did its rights rest on that day? The status stands meanwhile."
    )


class EffectSerializer(Made):
    """What a decision did to a bond."""

    effect = serializers.CharField(help_text="One of began, ended.")
    affiliation = serializers.IntegerField(help_text="The id of the affiliation.")
    organisation = serializers.CharField(help_text="The short name of the organisation.")
    status = serializers.CharField(help_text="The federation’s own status.")


class OutcomeSerializer(Made):
    """What a decision says that it does to an organisation."""

    kind = serializers.CharField(help_text=one_of(Effect.Kind))
    organisation = serializers.CharField(help_text="The short name of the organisation.")
    status = TextOrNull(help_text="The federation’s own status that it gets.")
    on = serializers.DateField(help_text="From this day on; it may lie ahead.")
    until = serializers.DateField(
        allow_null=True, help_text="Of a suspension: the first day without it, if it is fixed."
    )
    reason = TextOrNull(help_text=f"Why a status ended. {one_of(EndReason)}")
    other = TextOrNull(help_text="The one that it continues, merges into or was split from.")
    waiver = TextOrNull(help_text="Why a second one in the country was admitted.")


class RecordedDecisionSerializer(DecisionSerializer):
    """A decision with what it says and what it began and ended."""

    federation = serializers.CharField(help_text="The short name of the federation.")
    number = serializers.IntegerField(
        allow_null=True, help_text="Its number in the federation’s register of decisions."
    )
    texts = Texts(help_text="What was decided, by language tag.")
    corrects = serializers.IntegerField(
        allow_null=True, help_text="The number of the decision that was recorded wrongly."
    )
    correction_note = TextOrNull(help_text="What was wrong with that one.")
    corrected_by = serializers.IntegerField(
        allow_null=True, help_text="The number of the decision that corrects this one."
    )
    outcomes = OutcomeSerializer(many=True)
    effects = EffectSerializer(many=True)

    class Meta(DecisionSerializer.Meta):
        fields = (
            "id", "federation", *DecisionSerializer.Meta.fields, "number", "texts", "corrects",
            "correction_note", "corrected_by", "outcomes", "effects",
        )  # fmt: skip


# --- organisations --------------------------------------------------------------------------


class NameSerializer(serializers.ModelSerializer[OrganisationName]):
    """One of the names of an organisation."""

    kind = serializers.CharField(help_text=one_of(OrganisationName.Kind))
    language = TextOrNull()
    until = serializers.DateField(allow_null=True)

    class Meta:
        model = OrganisationName
        fields = ("value", "language", "kind", "until")


class IdentifierSerializer(serializers.ModelSerializer[Identifier]):
    """What an organisation is called in another register."""

    class Meta:
        model = Identifier
        fields = ("scheme", "value")


class SiteSerializer(Made):
    """A further site of an organisation, its news feed, or its place in a social network."""

    kind = serializers.CharField(help_text=one_of(OrganisationSite.Kind))
    url = serializers.URLField()
    language = TextOrNull()


class ContactSerializer(Made):
    """How the public reaches it: a role’s mailbox, or somebody who agreed to be named."""

    kind = serializers.CharField(help_text=one_of(PublicContact.Kind))
    value = serializers.CharField()
    label = TextOrNull(help_text="What it is for.")


class LinkSerializer(Made):
    """A bond between two organisations, told from the side of this one."""

    relation = serializers.CharField(help_text=f"One of {', '.join(RELATIONS)}.")
    organisation = serializers.CharField(help_text="The short name of the other one.")
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


class OrganisationSerializer(Linked):
    """An organisation as its page shows it."""

    name = serializers.CharField()
    names = NameSerializer(many=True, help_text="All of them, the official one first.")
    acronym = TextOrNull()
    former_slugs = serializers.ListField(
        child=serializers.CharField(), help_text="Short names it had before; they lead to this one."
    )
    kind = serializers.CharField(help_text=one_of(Organisation.Kind))
    countries = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of ISO 3166-1."
    )
    countries_implied = serializers.ListField(
        child=serializers.CharField(),
        help_text="Those of them that no source states and only the name suggests.",
    )
    city = TextOrNull()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    place_precision = TextOrNull(
        help_text="What the point stands for: city, or exact where the organisation publishes it."
    )
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="Language tags, such as es or pt-BR."
    )
    industries = serializers.ListField(child=serializers.CharField(), help_text=one_of(Industry))
    founded = PartialDate()
    dissolved = PartialDate()
    website = AddressOrNull()
    sites = SiteSerializer(many=True)
    contacts = ContactSerializer(many=True)
    description = Texts(help_text="Texts by language tag.")
    identifiers = IdentifierSerializer(many=True)
    links = LinkSerializer(many=True)
    affiliations = AffiliationSerializer(
        many=True, help_text="Also those that are over: see `answer`."
    )
    verified_on = serializers.DateField(
        allow_null=True, help_text="When it was last confirmed that this is right."
    )
    changed_at = serializers.DateTimeField()
    is_fictional = serializers.BooleanField(help_text="Invented for demonstration.")


class ChangeSerializer(Made):
    """An organisation whose public face has changed."""

    slug = serializers.CharField()
    url = AddressOrNull(help_text="The page about it; null where it was withdrawn.")
    changed_at = serializers.DateTimeField(help_text="When it last changed.")
    change = serializers.CharField(
        help_text="One of changed, withdrawn. Withdrawn: no longer in the public lists; "
        "delete what you have of it."
    )
    organisation = OrganisationSerializer(
        allow_null=True, help_text="As it is now; null where it was withdrawn."
    )


# --- federations ----------------------------------------------------------------------------


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
