"""The public directory."""

from django.urls import path

from directory import views

app_name = "directory"
urlpatterns = [
    path("organisations/", views.OrganisationList.as_view(), name="organisation_list"),
    path(
        "embed/federations/<slug:slug>/", views.FederationEmbed.as_view(), name="embed_federation"
    ),
    path(
        "embed/federations/<slug:slug>/map/",
        views.FederationMapEmbed.as_view(),
        name="embed_federation_map",
    ),
    path("organisations/map/", views.OrganisationMap.as_view(), name="organisation_map"),
    path(
        "organisations/<slug:slug>/",
        views.OrganisationDetail.as_view(),
        name="organisation_detail",
    ),
    path("federations/", views.FederationList.as_view(), name="federation_list"),
    path("federations/<slug:slug>/", views.FederationDetail.as_view(), name="federation_detail"),
    path(
        "federations/<slug:slug>/decisions/",
        views.DecisionList.as_view(),
        name="federation_decisions",
    ),
    path(
        "federations/<slug:slug>/decisions/<int:number>/",
        views.DecisionDetail.as_view(),
        name="federation_decision",
    ),
    path(
        "federations/<slug:slug>/decisions/<int:number>/document/",
        views.decision_document,
        name="federation_decision_document",
    ),
    path("federations/<slug:slug>/statutes/", views.StatutesList.as_view(), name="statutes_list"),
    path(
        "federations/<slug:slug>/statutes/<int:pk>/",
        views.StatutesDetail.as_view(),
        name="statutes_detail",
    ),
    path(
        "federations/<slug:slug>/statutes/<int:pk>/<str:language>/document/",
        views.statutes_document,
        name="statutes_document",
    ),
    path("federations/<slug:slug>/roll/", views.FederationRoll.as_view(), name="federation_roll"),
    path(
        "federations/<slug:slug>/seats/", views.FederationSeats.as_view(), name="federation_seats"
    ),
]

# Data to take away has one address, whatever the language of the pages: included outside of it.
data = (
    [
        path("organisations.csv", views.ListCsv.as_view(), name="list_csv"),
        path("organisations.json", views.ListJson.as_view(), name="list_json"),
        path("organisations.geojson", views.ListGeojson.as_view(), name="list_geojson"),
        path("organisations.atom", views.ListAtom.as_view(), name="list_atom"),
        path("organisations.opml", views.ListOpml.as_view(), name="list_opml"),
        path(
            "organisations/<slug:slug>.json",
            views.OrganisationJson.as_view(),
            name="organisation_json",
        ),
        path(
            "organisations/<slug:slug>.vcf",
            views.OrganisationVcard.as_view(),
            name="organisation_vcf",
        ),
        path(
            "organisations/<slug:slug>.murmurations.json",
            views.OrganisationMurmurations.as_view(),
            name="organisation_murmurations",
        ),
        path(
            "federations/<slug:slug>/register.json",
            views.RegisterJson.as_view(),
            name="federation_register",
        ),
        path(
            "federations/<slug:slug>/verify_register.py",
            views.RegisterProof.as_view(),
            name="federation_register_proof",
        ),
    ],
    "data",
)
