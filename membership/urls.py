"""Joining, following what was filed, and the desk of those who decide."""

from typing import Any

from django.urls import URLPattern, path

from membership.views import (
    affiliate,
    care,
    consultations,
    documents,
    entry,
    following,
    join,
    letters,
    meetings,
    opening,
    prepared,
    procedures,
    proceedings,
    recording,
    tasks,
    tokens,
)
from membership.views.desk import bulk, filing, lists, moves, requests, seats, team
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
        path(f"coordination/{root}/<str:reference>/", filing.filing, own, name=name),
        path(
            f"coordination/{root}/<str:reference>/<slug:verb>/",
            moves.move,
            own,
            name=f"{name}_move",
        ),
    ]


def _proceedings(root: str) -> list[URLPattern]:
    """How organisations leave, rest, return, change and merge."""
    name, view = "coordination_proceeding", proceedings
    return [
        path(f"{root}/", view.coordination_proceedings, name=f"{name}s"),
        path(f"{root}/new/", opening.coordination_proceeding_new, name=f"{name}_new"),
        path(f"{root}/<str:reference>/", view.coordination_proceeding, name=name),
        path(
            f"{root}/<str:reference>/<slug:verb>/",
            view.coordination_proceeding_move,
            name=f"{name}_move",
        ),
    ]


def _desk_of_requests(root: str) -> list[URLPattern]:
    """What coordinators do with requests beside the moves, and with several at once."""
    one, name = f"{root}/requests/<str:reference>", "coordination_request"
    meeting = f"{root}/meetings/<int:meeting>/"
    return [
        path(f"{root}/bulk/", bulk.bulk, name="coordination_bulk"),
        path(f"{root}/filters/", requests.save_filter, name="coordination_filters"),
        path(
            f"{root}/filters/<uuid:shelf>/drop/",
            requests.drop_filter,
            name="coordination_filter_drop",
        ),
        path(f"{one}/assign/", team.assign, name=f"{name}_assign"),
        path(f"{one}/note/", team.note, name=f"{name}_note"),
        path(f"{one}/confirm/", moves.confirm, name=f"{name}_confirm"),
        path(f"{root}/meetings/", meetings.meeting_list, name="coordination_meetings"),
        path(f"{root}/meetings/new/", meetings.meeting_new, name="coordination_meeting_new"),
        path(meeting, meetings.agenda, name="coordination_meeting"),
        path(f"{meeting}change/", meetings.meeting_change, name="coordination_meeting_change"),
    ]


def _decisions(root: str) -> list[URLPattern]:
    """The register of decisions at the desk."""
    one, name, view = f"{root}/<int:pk>/", "coordination_decision", recording
    waiting = f"{root}/prepared/<uuid:prepared>/"
    return [
        path(f"{root}/", view.decision_list, name=f"{name}s"),
        path(f"{root}/new/", view.decision_new, name=f"{name}_new"),
        path(one, view.decision, name=name),
        path(f"{one}correct/", view.decision_correct, name=f"{name}_correct"),
        path(f"{one}document/", view.decision_document, name=f"{name}_document"),
        path(waiting, prepared.prepared, name="coordination_prepared"),
        path(
            f"{waiting}document/", prepared.prepared_document, name="coordination_prepared_document"
        ),
    ]


def _seats(root: str) -> list[URLPattern]:
    """The seats of bodies, and the terms for which organisations hold them."""
    term, name = f"{root}/terms/<int:term>", "coordination_term"
    return [
        path(f"{root}/", seats.seat_list, name="coordination_seats"),
        path(f"{root}/<int:seat>/", seats.seat_give, name="coordination_seat_give"),
        path(f"{term}/end/", seats.term_end, name=f"{name}_end"),
        path(f"{term}/take-back/", seats.term_take_back, name=f"{name}_take_back"),
    ]


def _entry_at_the_desk(root: str) -> list[URLPattern]:
    name = "coordination_organisation"
    return [
        path(f"{root}/", entry.organisation, name=name),
        path(f"{root}/confirm/", entry.confirm, name=f"{name}_confirm"),
        path(f"{root}/shield/", entry.shield, name=f"{name}_shield"),
        path(f"{root}/unshield/", entry.unshield, name=f"{name}_unshield"),
    ]


def _applying(root: str) -> list[URLPattern]:
    """The application of an organisation, written part by part, while it is a draft."""
    view = tasks
    return [
        path(f"{root}/same/", view.request_same, name="request_same"),
        path(f"{root}/tasks/", view.request_tasks, name="request_tasks"),
        path(f"{root}/tasks/<slug:section>/", view.request_task, name="request_task"),
        path(f"{root}/later/", view.request_later, name="request_later"),
        path(f"{root}/saved/", view.request_saved, name="request_saved"),
        path(f"{root}/confirmation/", view.request_confirmation, name="request_confirmation"),
        path(f"{root}/sponsor/", view.request_sponsor, name="request_sponsor"),
    ]


def _procedures(root: str) -> list[URLPattern]:
    """The rules of one's federations, status by status: as they are, and as they are to be."""
    view, name = procedures, "coordination_procedure"
    one = f"{root}<slug:federation>/<slug:status>/"
    return [
        path(root, view.coordination_procedures, name=f"{name}s"),
        path(one, view.coordination_procedure, name=name),
        path(f"{one}edit/", view.coordination_procedure_edit, name=f"{name}_edit"),
        path(f"{one}preview/", view.coordination_procedure_preview, name=f"{name}_preview"),
        path(f"{one}publish/", view.coordination_procedure_publish, name=f"{name}_publish"),
    ]


def _documents(root: str) -> list[URLPattern]:
    """Documents of a request: the applicant's page, downloads, and those of the deciders."""
    one, view = f"{root}/documents/<uuid:document>/", documents
    return [
        path(f"{root}/documents/", view.request_documents, name="request_documents"),
        path(one, view.request_document, name="request_document"),
        path(f"{one}remove/", view.request_document_remove, name="request_document_remove"),
        path(f"coordination/{one}", view.coordination_document, name="coordination_document"),
    ]


def _of_sections(root: str) -> list[URLPattern]:
    """What sections are asked, at the desk."""
    view, name = consultations, "coordination_consultation"
    return [
        path(f"{root}/consultations/", view.coordination_consultations, name=f"{name}s"),
        path(
            f"{root}/consultations/<uuid:consultation>/", view.coordination_consultation, name=name
        ),
        path(
            f"{root}/sponsorships/<uuid:sponsorship>/",
            view.coordination_sponsorship,
            name="coordination_sponsorship",
        ),
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
    *_applying("requests/<str:reference>"),
    path(
        "requests/<str:reference>/appeal/",
        following.appeal,
        {"kind": REQUEST},
        name="request_appeal",
    ),
    *_documents("requests/<str:reference>"),
    *_following("applications", APPLICATION, "find_application"),
    *_following("claims", CLAIM, "find_claim"),
    path("requests/<str:reference>/disown/", care.request_disown, name="request_disown"),
    path("claims/<str:reference>/objection/", care.claim_objection, name="claim_objection"),
    path("coordination/", lists.coordination, name="coordination"),
    path(
        "coordination/applications/",
        lists.coordination_applications,
        name="coordination_applications",
    ),
    path("coordination/tokens/", tokens.coordination_tokens, name="coordination_tokens"),
    path(
        "coordination/tokens/<uuid:key>/revoke/",
        tokens.coordination_token_revoke,
        name="coordination_token_revoke",
    ),
    path("coordination/claims/", lists.coordination_claims, name="coordination_claims"),
    path("coordination/reports/", lists.coordination_reports, name="coordination_reports"),
    path(
        "coordination/organisations/",
        lists.coordination_organisations,
        name="coordination_organisations",
    ),
    *_procedures("coordination/procedures/"),
    path("coordination/letters/", letters.coordination_letters, name="coordination_letters"),
    path(
        "coordination/letters/<slug:federation>/<slug:letter>/<slug:language>/",
        letters.coordination_letter,
        name="coordination_letter",
    ),
    *_proceedings("coordination/proceedings"),
    *_of_sections("coordination"),
    *_decisions("coordination/decisions"),
    *_seats("coordination/seats"),
    *_entry_at_the_desk("coordination/organisations/<slug:slug>"),
    *_desk_of_requests("coordination"),
    *_deciding("requests", REQUEST),
    *_deciding("applications", APPLICATION),
    *_deciding("claims", CLAIM),
    *_deciding("reports", REPORT),
]
