"""Which lists of the desk somebody has by their offices, and how much waits in each."""

from typing import Any

from django.core.exceptions import PermissionDenied

from directory.models import Organisation
from federation.models import Federation
from federation.scopes import is_operator
from membership.consultations import consulting
from membership.desk import inbox
from membership.models import (
    EntryClaim,
    ErrorReport,
    MembershipApplication,
    PreparedDecision,
    Proceeding,
)


def offices_of(user: Any) -> dict[str, bool]:
    """Refuses who holds no office at all."""
    coordinates = Federation.objects.coordinated_by(user).exists()
    keeps = Organisation.objects.kept_by(user).exists()
    speaks = consulting.speaks(user)
    if not (coordinates or keeps or speaks or is_operator(user)):
        raise PermissionDenied
    return {"coordinates": coordinates, "keeps": keeps, "speaks": speaks}


def coordinated_by(user: Any) -> list[Federation]:
    """The federations that the person coordinates, with their statuses; refuses who has none."""
    found = list(Federation.objects.coordinated_by(user).prefetch_related("statuses__federation"))
    if not found:
        raise PermissionDenied
    return found


def tabs_of(user: Any, offices: dict[str, bool]) -> dict[str, Any]:
    """The lists of the desk, and how much waits in each."""
    applications = MembershipApplication.objects.managed_by(user).waiting()
    prepared = PreparedDecision.objects.waiting_for(user)
    return {
        **offices,
        "decisions_waiting": prepared.count() if offices["coordinates"] else 0,
        "requests_waiting": inbox.waiting_for(user).count() if offices["coordinates"] else 0,
        "applications_waiting": applications.count() if offices["keeps"] else 0,
        "claims_waiting": EntryClaim.objects.managed_by(user).waiting().count(),
        "reports_waiting": ErrorReport.objects.managed_by(user).waiting().count(),
        "proceedings_waiting": Proceeding.objects.visible_to(user).waiting().count(),
        "replies_waiting": consulting.waiting_for(user) if offices["speaks"] else 0,
        "kept": list(Organisation.objects.kept_by(user)) if offices["keeps"] else [],
    }
