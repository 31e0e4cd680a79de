"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from directory.models import OrganisationOffice
from federation.models import Office
from federation.scopes import is_operator, is_somebody


def site(request: HttpRequest) -> dict[str, Any]:
    """The frame of every page, see templates/base.html."""
    user = getattr(request, "user", None)
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "language_links": language_links(request),
        "canonical_url": request.build_absolute_uri(request.path),
        "holds_office": SimpleLazyObject(lambda: holds_office(user)),
        "is_operator": is_operator(user),
    }


def language_links(request: HttpRequest) -> list[dict[str, Any]]:
    """This page in each language, with what was asked of it; none where it has but one."""
    if request.resolver_match is None:
        return []
    here = request.get_full_path()
    links = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": translate_url(here, code),
            "current": code == get_language(),
        }
        for code, _name in settings.LANGUAGES
    ]
    return links if len({link["url"] for link in links}) > 1 else []


def holds_office(user: Any) -> bool:
    """Whether the doors of the offices are shown: one query, and none for visitors."""
    if not is_somebody(user):
        return False
    coordinates = Office.objects.current().held_by(user).values("pk")
    keeps = OrganisationOffice.objects.current().held_by(user)
    keeps = keeps.filter(role__in=OrganisationOffice.KEEPERS).values("pk")
    return bool(coordinates.union(keeps, all=True)[:1])
