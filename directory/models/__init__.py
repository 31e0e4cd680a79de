"""Organisations and their dated affiliations, with the decisions and sources these rest on."""

from directory.models.affiliations import Affiliation, AsAt, Suspension
from directory.models.decisions import (
    Body,
    Decision,
    Effect,
    EndReason,
    Meeting,
    RegisterEntry,
    Source,
)
from directory.models.details import (
    Identifier,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationName,
    OrganisationSite,
    PublicContact,
)
from directory.models.offices import HostOrganisation, OrganisationOffice
from directory.models.organisations import Industry, Organisation, SearchWord, Slug
from directory.models.seats import Seat, Term
from directory.models.shielding import Shielding
from directory.models.statutes import Statutes, StatutesText
from directory.models.versions import DirectoryVersion

__all__ = [
    "Affiliation",
    "AsAt",
    "Body",
    "Decision",
    "DirectoryVersion",
    "Effect",
    "EndReason",
    "HostOrganisation",
    "Identifier",
    "Industry",
    "Meeting",
    "Organisation",
    "OrganisationCountry",
    "OrganisationIndustry",
    "OrganisationLanguage",
    "OrganisationLink",
    "OrganisationName",
    "OrganisationOffice",
    "OrganisationSite",
    "PublicContact",
    "RegisterEntry",
    "SearchWord",
    "Seat",
    "Shielding",
    "Slug",
    "Source",
    "Statutes",
    "StatutesText",
    "Suspension",
    "Term",
]
