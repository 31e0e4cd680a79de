"""The map of the public pages for search engines, in every language: what is listed, no more."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from django.utils import translation

from directory.models import Organisation
from federation.models import Federation

AT_MOST = 5000  # addresses in one file


class Translated(Sitemap):
    """Each page once for each language, naming the others. Read from the database page by page."""

    limit = AT_MOST // len(settings.LANGUAGES)

    def _urls(self, page: Any, protocol: str | None, domain: str) -> list[dict[str, Any]]:
        entries = []
        for item in self.paginator.page(page).object_list:
            addresses = {
                code: f"{protocol}://{domain}{self.path(item, code)}"
                for code, _name in settings.LANGUAGES
            }
            default = {"x-default": addresses[settings.LANGUAGE_CODE]}
            alternates = [
                {"lang_code": code, "location": address}
                for code, address in (addresses | default).items()
            ]
            entries += [
                {"location": address, "lastmod": self.changed(item), "alternates": alternates}
                for address in addresses.values()
            ]
        return entries

    def path(self, item: Any, language: str) -> str:
        with translation.override(language):
            return self.location(item)

    def changed(self, item: Any) -> datetime.datetime | None:
        return None

    def get_latest_lastmod(self) -> datetime.datetime | None:
        return None


class Pages(Translated):
    def items(self) -> list[str]:
        return [
            "home",
            "directory:organisation_list",
            "directory:federation_list",
            "privacy",
            "accessibility",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


class Federations(Translated):
    def items(self) -> Any:
        return Federation.objects.order_by("pk").only("slug")


class Organisations(Translated):
    def items(self) -> Any:
        return Organisation.objects.listed().order_by("pk").only("slug", "changed_at")

    def changed(self, item: Organisation) -> datetime.datetime:
        return item.changed_at

    def get_latest_lastmod(self) -> datetime.datetime | None:
        latest: datetime.datetime | None = self.items().aggregate(at=Max("changed_at"))["at"]
        return latest


SITEMAPS = {"pages": Pages, "federations": Federations, "organisations": Organisations}
