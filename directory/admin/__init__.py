"""The directory in the panel of coordinators and secretaries."""

from directory.admin import affiliations, organisations, records, seats, statutes
from directory.models import Organisation
from federation.admin import SECRETARY, site

site.opens_for(SECRETARY, Organisation.objects.kept_by)

__all__ = ["affiliations", "organisations", "records", "seats", "site", "statutes"]
