"""The public pages: what is, for everybody to read."""

from directory.views.decisions import DecisionDetail, DecisionList, decision_document
from directory.views.embeds import FederationEmbed, FederationMapEmbed
from directory.views.exports import (
    ListAtom,
    ListCsv,
    ListGeojson,
    ListJson,
    ListOpml,
    OrganisationJson,
    OrganisationMurmurations,
    OrganisationVcard,
)
from directory.views.federations import FederationDetail, FederationList
from directory.views.home import Home
from directory.views.maps import OrganisationMap
from directory.views.organisation import OrganisationDetail
from directory.views.organisations import OrganisationList
from directory.views.register import RegisterJson, RegisterProof
from directory.views.roll import FederationRoll

__all__ = [
    "DecisionDetail",
    "DecisionList",
    "FederationDetail",
    "FederationEmbed",
    "FederationList",
    "FederationMapEmbed",
    "FederationRoll",
    "Home",
    "ListAtom",
    "ListCsv",
    "ListGeojson",
    "ListJson",
    "ListOpml",
    "OrganisationDetail",
    "OrganisationJson",
    "OrganisationList",
    "OrganisationMap",
    "OrganisationMurmurations",
    "OrganisationVcard",
    "RegisterJson",
    "RegisterProof",
    "decision_document",
]
