"""The addresses of the API for writing."""

from django.urls import path

from membership.api import (
    codes,
    consultations,
    moves,
    prepared,
    proceedings,
    sponsorships,
    views,
)

ONE = "requests/<str:reference>"
PROCEEDING = "proceedings/<str:reference>"
CONSULTATION = "consultations/<uuid:consultation>"
urlpatterns = [
    path("requests/", views.Requests.as_view(), name="api-requests"),
    path(f"{ONE}/", views.OneRequest.as_view(), name="api-request"),
    path(f"{ONE}/documents/", views.RequestDocuments.as_view(), name="api-request-documents"),
    path(
        f"{ONE}/documents/<uuid:key>/", views.RequestDocument.as_view(), name="api-request-document"
    ),
    path(f"{ONE}/code/", codes.RequestCode.as_view(), name="api-request-code"),
    path(f"{ONE}/key/", codes.RequestKey.as_view(), name="api-request-key"),
    path(f"{ONE}/submit/", codes.RequestSubmit.as_view(), name="api-request-submit"),
    path(f"{ONE}/moves/<slug:move>/", moves.RequestMove.as_view(), name="api-request-move"),
    path(f"{ONE}/sponsors/", sponsorships.RequestSponsors.as_view(), name="api-request-sponsors"),
    path("sponsorships/", sponsorships.Sponsorships.as_view(), name="api-sponsorships"),
    path(
        "sponsorships/<uuid:sponsorship>/answer/",
        sponsorships.SponsorshipAnswer.as_view(),
        name="api-sponsorship-answer",
    ),
    path("proceedings/", proceedings.Proceedings.as_view(), name="api-proceedings"),
    path(f"{PROCEEDING}/", proceedings.OneProceeding.as_view(), name="api-proceeding"),
    path(
        f"{PROCEEDING}/moves/<slug:move>/",
        proceedings.ProceedingMove.as_view(),
        name="api-proceeding-move",
    ),
    path("prepared/", prepared.Prepared.as_view(), name="api-prepared"),
    path(
        "prepared/<uuid:prepared>/moves/<slug:move>/",
        prepared.PreparedMove.as_view(),
        name="api-prepared-move",
    ),
    path("consultations/", consultations.Consultations.as_view(), name="api-consultations"),
    path(f"{CONSULTATION}/", consultations.OneConsultation.as_view(), name="api-consultation"),
    path(
        f"{CONSULTATION}/replies/",
        consultations.Replies.as_view(),
        name="api-consultation-replies",
    ),
]
