"""Joining, following what was filed, and the desk of those who decide."""

from typing import Any

from django.urls import URLPattern, path

from membership.views import affiliate, care, desk, entry, following, join
from membership.views.kinds import APPLICATION, CLAIM, REPORT, REQUEST, Desk, Kind

app_name = "membership"


def _following(root: str, kind: Kind, find: str) -> list[URLPattern]:
    """The pages of applicants, the same for every kind."""
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


def _deciding(root: str, kind: Desk) -> list[URLPattern]:
    """The pages of deciders, the same for every kind."""
    own: dict[str, Any] = {"kind": kind}
    name = f"coordination_{kind.name}"
    return [
        path(f"coordination/{root}/<str:reference>/", desk.filing, own, name=name),
        path(
            f"coordination/{root}/<str:reference>/<slug:verb>/", desk.move, own, name=f"{name}_move"
        ),
    ]


def _entry_at_the_desk(root: str) -> list[URLPattern]:
    name = "coordination_organisation"
    return [
        path(f"{root}/", entry.organisation, name=name),
        path(f"{root}/confirm/", entry.confirm, name=f"{name}_confirm"),
        path(f"{root}/shield/", entry.shield, name=f"{name}_shield"),
        path(f"{root}/unshield/", entry.unshield, name=f"{name}_unshield"),
    ]


urlpatterns = [
    path("federations/<slug:slug>/affiliate/", affiliate.affiliate, name="affiliate"),
    path(
        "federations/<slug:slug>/affiliate/form/", affiliate.affiliate_form, name="affiliate_form"
    ),
    path("join/", join.join, name="join"),
    path("organisations/<slug:slug>/join/", join.join_organisation, name="join_organisation"),
    path("organisations/<slug:slug>/report/", care.report, name="report"),
    path("organisations/<slug:slug>/report/sent/", care.report_sent, name="report_sent"),
    path("organisations/<slug:slug>/claim/", care.claim_entry, name="claim_entry"),
    path("organisations/<slug:slug>/confirm/", care.confirm_entry, name="confirm_entry"),
    *_following("requests", REQUEST, "find"),
    *_following("applications", APPLICATION, "find_application"),
    *_following("claims", CLAIM, "find_claim"),
    path("claims/<str:reference>/objection/", care.claim_objection, name="claim_objection"),
    path("coordination/", desk.coordination, name="coordination"),
    path(
        "coordination/applications/",
        desk.coordination_applications,
        name="coordination_applications",
    ),
    path("coordination/claims/", desk.coordination_claims, name="coordination_claims"),
    path("coordination/reports/", desk.coordination_reports, name="coordination_reports"),
    path(
        "coordination/organisations/",
        desk.coordination_organisations,
        name="coordination_organisations",
    ),
    *_entry_at_the_desk("coordination/organisations/<slug:slug>"),
    *_deciding("requests", REQUEST),
    *_deciding("applications", APPLICATION),
    *_deciding("claims", CLAIM),
    *_deciding("reports", REPORT),
]
