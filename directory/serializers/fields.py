"""Fields that the rows of the API are made of: what is not known is null, and never left out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

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


# --- organisations --------------------------------------------------------------------------


# --- federations ----------------------------------------------------------------------------
