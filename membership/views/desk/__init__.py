"""The desk of those who decide: what waits, one request or application as a whole, every move.

All rows come from `managed_by(user)`: what lies outside of it is not found.
"""

from membership.views.desk.moves import show_errors
from membership.views.desk.offices import coordinated_by, offices_of, tabs_of

__all__ = ["coordinated_by", "offices_of", "show_errors", "tabs_of"]
