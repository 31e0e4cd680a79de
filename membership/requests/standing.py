"""What came of a request as it stands now: a later decision may have corrected the first."""

from directory.models import Affiliation, Decision
from membership.models import AffiliationRequest


def decision_of(request: AffiliationRequest) -> Decision | None:
    """The decision on the request, or the last one that corrects it."""
    decision: Decision | None = request.decision
    while decision is not None and hasattr(decision, "corrected_by"):
        decision = decision.corrected_by
    return decision


def bond_of(request: AffiliationRequest) -> Affiliation | None:
    """The affiliation that came of it. A correction may have put another one in its place, or
    none.
    """
    bond = request.affiliation
    if bond is not None and not bond.is_void:
        return bond
    decision = decision_of(request)
    if decision is None:
        return None
    bonds = Affiliation.objects.standing().filter(organisation=request.organisation)
    found: Affiliation | None = bonds.filter(decision=decision).order_by("begins").first()
    return found
