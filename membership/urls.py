"""Joining, following what was filed, and the desk of those who decide."""

from typing import Any

from django.urls import URLPattern, path

from membership.views import affiliate, desk, following, join
from membership.views.kinds import APPLICATION, REQUEST, Kind

app_name = "membership"


def _following(root: str, kind: Kind, find: str) -> list[URLPattern]:
    """The pages of applicants, the same for both kinds."""
    own: dict[str, Any] = {"kind": kind}
    name = kind.name
    return [
        path(f"{root}/", following.find, own, name=find),
        path(f"{root}/<str:reference>/", following.follow, own, name=name),
        path(f"{root}/<str:reference>/check/", following.check, own, name=f"{name}_check"),
        path(f"{root}/<str:reference>/code/", following.code, own, name=f"{name}_code"),
        path(f"{root}/<str:reference>/answer/", following.answer, own, name=f"{name}_answer"),
        path(f"{root}/<str:reference>/withdraw/", following.withdraw, own, name=f"{name}_withdraw"),
    ]


def _deciding(root: str, kind: Kind) -> list[URLPattern]:
    """The pages of deciders, the same for both kinds."""
    own: dict[str, Any] = {"kind": kind}
    name = f"coordination_{kind.name}"
    return [
        path(f"coordination/{root}/<str:reference>/", desk.filing, own, name=name),
        path(
            f"coordination/{root}/<str:reference>/<slug:verb>/", desk.move, own, name=f"{name}_move"
        ),
    ]


urlpatterns = [
    path("federations/<slug:slug>/affiliate/", affiliate.affiliate, name="affiliate"),
    path(
        "federations/<slug:slug>/affiliate/form/", affiliate.affiliate_form, name="affiliate_form"
    ),
    path("join/", join.join, name="join"),
    path("organisations/<slug:slug>/join/", join.join_organisation, name="join_organisation"),
    *_following("requests", REQUEST, "find"),
    *_following("applications", APPLICATION, "find_application"),
    path("coordination/", desk.coordination, name="coordination"),
    path(
        "coordination/applications/",
        desk.coordination_applications,
        name="coordination_applications",
    ),
    path(
        "coordination/organisations/",
        desk.coordination_organisations,
        name="coordination_organisations",
    ),
    *_deciding("requests", REQUEST),
    *_deciding("applications", APPLICATION),
]
