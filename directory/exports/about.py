"""What every export states of itself: licence, moment, and what was asked for."""

import datetime
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode


@dataclass(frozen=True)
class About:
    """One export: its own address, the pages it speaks of, and when it was made."""

    source: str
    organisations: str  # the address of the list, after which the address of each begins
    federations: str
    filter: dict[str, str]
    generated_at: datetime.datetime

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        # What stands under an address is the same thing in whatever language it is read.
        with translation.override(settings.LANGUAGE_CODE):
            lists = [reverse(f"directory:{name}_list") for name in ("organisation", "federation")]
        organisations, federations = map(request.build_absolute_uri, lists)
        return cls(
            source=request.build_absolute_uri(),
            organisations=organisations,
            federations=federations,
            filter={name: value for name, value in request.GET.items() if value},
            generated_at=timezone.now(),
        )

    def organisation(self, slug: str) -> str:
        return f"{self.organisations}{slug}/"

    def federation(self, slug: str) -> str:
        return f"{self.federations}{slug}/"

    @property
    def query(self) -> str:
        """What was asked for, whichever page of it this is, as the end of an address."""
        asked = {name: value for name, value in self.filter.items() if name != "after"}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def page(self) -> str:
        """The list, as a page to read."""
        return f"{self.organisations}{self.query}"

    @property
    def sentence(self) -> str:
        """What was asked for, in a line of text."""
        asked = ", ".join(f"{name}={value}" for name, value in self.filter.items())
        return f"Asked for: {asked}" if asked else "The whole directory"

    def members(self) -> dict[str, Any]:
        """The same as members of a JSON object."""
        return {
            "licence": settings.DATA_LICENCE["url"],
            "generated_at": moment(self.generated_at),
            "source": self.source,
            "filter": self.filter,
        }


def moment(value: datetime.datetime) -> str:
    """In UTC, as the API writes it. What comes from the database is in UTC already."""
    text = value.isoformat()
    if not text.endswith("+00:00"):
        text = value.astimezone(datetime.UTC).isoformat()
    return f"{text[:-6]}Z"
