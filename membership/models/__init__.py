"""Requests of organisations, applications of persons, and the members an organisation has."""

from membership.models.filings import (
    AffiliationRequest,
    ApplicationStep,
    Filing,
    MembershipApplication,
    RequestStep,
)
from membership.models.members import Member, Membership

__all__ = [
    "AffiliationRequest",
    "ApplicationStep",
    "Filing",
    "Member",
    "Membership",
    "MembershipApplication",
    "RequestStep",
]
