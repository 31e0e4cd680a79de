"""What is sent to the desk, and the members an organisation has.

Requests of organisations and applications of persons; claims, reports and confirmations of
entries.
"""

from membership.models.care import (
    ClaimStep,
    Confirmation,
    EntryClaim,
    ErrorReport,
    ReportStep,
)
from membership.models.filings import (
    AffiliationRequest,
    ApplicationStep,
    Filing,
    MembershipApplication,
    RequestStep,
    Sent,
)
from membership.models.members import Member, Membership

__all__ = [
    "AffiliationRequest",
    "ApplicationStep",
    "ClaimStep",
    "Confirmation",
    "EntryClaim",
    "ErrorReport",
    "Filing",
    "Member",
    "Membership",
    "MembershipApplication",
    "ReportStep",
    "RequestStep",
    "Sent",
]
