"""Organisations and their dated affiliations, with the decisions and sources these rest on."""

from directory.models.affiliations import Affiliation, AsAt, Decision, Source
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
from directory.models.shielding import Shielding
from directory.models.versions import DirectoryVersion

__all__ = [
    "Affiliation",
    "AsAt",
    "Decision",
    "DirectoryVersion",
    "HostOrganisation",
    "Identifier",
    "Industry",
    "Organisation",
    "OrganisationCountry",
    "OrganisationIndustry",
    "OrganisationLanguage",
    "OrganisationLink",
    "OrganisationName",
    "OrganisationOffice",
    "OrganisationSite",
    "PublicContact",
    "SearchWord",
    "Shielding",
    "Slug",
    "Source",
]
