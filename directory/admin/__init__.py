"""The directory in the panel of coordinators and secretaries."""

from directory.admin import affiliations, organisations, records
from directory.models import Organisation
from federation.admin import SECRETARY, site

site.opens_for(SECRETARY, Organisation.objects.kept_by)

__all__ = ["affiliations", "organisations", "records", "site"]
