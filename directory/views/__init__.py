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
from directory.views.seats import FederationSeats
from directory.views.statutes import StatutesDetail, StatutesList, statutes_document

__all__ = [
    "DecisionDetail",
    "DecisionList",
    "FederationDetail",
    "FederationEmbed",
    "FederationList",
    "FederationMapEmbed",
    "FederationRoll",
    "FederationSeats",
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
    "StatutesDetail",
    "StatutesList",
    "decision_document",
    "statutes_document",
]
