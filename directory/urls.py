"""The public directory."""

from django.urls import path

from directory import views

app_name = "directory"
urlpatterns = [
    path("organisations/", views.OrganisationList.as_view(), name="organisation_list"),
    path(
        "organisations/<slug:slug>/",
        views.OrganisationDetail.as_view(),
        name="organisation_detail",
    ),
    path("federations/", views.FederationList.as_view(), name="federation_list"),
    path("federations/<slug:slug>/", views.FederationDetail.as_view(), name="federation_detail"),
]
