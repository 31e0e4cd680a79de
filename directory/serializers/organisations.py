"""Organisations and what changed about them, field by field."""

from rest_framework import serializers

from directory.answers import RELATIONS
from directory.models import (
    Identifier,
    Industry,
    Organisation,
    OrganisationName,
    OrganisationSite,
    PublicContact,
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
from directory.serializers.register import AffiliationSerializer


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
