"""What every page knows."""

from typing import Any

from django.conf import settings
from django.db.models import Value
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from directory.models import OrganisationOffice
from directory.models.keepers import COORDINATOR, SECRETARY
from federation.models import Office
from federation.scopes import is_operator, is_somebody

HAVE_PANEL = {COORDINATOR, SECRETARY}
HAVE_DESK = {*HAVE_PANEL, OrganisationOffice.Role.DELEGATE.value}


def site(request: HttpRequest) -> dict[str, Any]:
    """The frame of every page, see templates/base.html."""
    user = getattr(request, "user", None)
    offices = SimpleLazyObject(lambda: offices_held(user))
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "language_links": language_links(request),
        "canonical_url": request.build_absolute_uri(request.path),
        "holds_office": SimpleLazyObject(lambda: bool(HAVE_PANEL.intersection(offices))),
        "sits_at_desk": SimpleLazyObject(lambda: bool(HAVE_DESK.intersection(offices))),
        "is_operator": is_operator(user),
    }


def language_links(request: HttpRequest) -> list[dict[str, Any]]:
    """This page in each language, with what was asked of it; none where it has but one."""
    if request.resolver_match is None:
        return []
    here, current = request.get_full_path(), get_language() or settings.LANGUAGE_CODE
    another = next(code for code, _name in settings.LANGUAGES if code != current)
    if translate_url(here, another) == here:
        return []
    # A page has the same address in every language, but for what stands before it.
    plain = here if current == settings.LANGUAGE_CODE else here.removeprefix(f"/{current}")
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": plain if code == settings.LANGUAGE_CODE else f"/{code}{plain}",
            "current": code == current,
        }
        for code, _name in settings.LANGUAGES
    ]


def holds_office(user: Any) -> bool:
    """Whether the person keeps something in the panel."""
    return not HAVE_PANEL.isdisjoint(offices_held(user))


def offices_held(user: Any) -> set[str]:
    """By these the doors of the offices are shown: one query, and none for visitors."""
    if not is_somebody(user):
        return set()
    coordinates = Office.objects.current().held_by(user).values_list(Value(COORDINATOR))
    speaks = OrganisationOffice.objects.current().held_by(user).values_list("role")
    return {role for (role,) in coordinates.order_by().union(speaks.order_by())}
