"""Organisations and their dated affiliations, with the decisions and sources these rest on."""

from directory.models.affiliations import Affiliation, AsAt, Decision, Source
from directory.models.details import (
    HostOrganisation,
    Identifier,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationName,
    OrganisationOffice,
    PublicContact,
)
from directory.models.organisations import Industry, Organisation, Slug

__all__ = [
    "Affiliation",
    "AsAt",
    "Decision",
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
    "PublicContact",
    "Slug",
    "Source",
]
