"""The public pages: what is, for everybody to read."""

from directory.views.federations import FederationDetail, FederationList, Home
from directory.views.organisations import OrganisationDetail, OrganisationList

__all__ = ["FederationDetail", "FederationList", "Home", "OrganisationDetail", "OrganisationList"]
