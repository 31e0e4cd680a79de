"""How one joins, changes and leaves: what is sent to the desk, and the members there are.

Requests of organisations under their federation's procedure, with consultations and
proceedings; applications of persons; claims, reports and confirmations of entries.
"""

from membership.models.applications import ApplicationStep, MembershipApplication
from membership.models.attached import (
    Document,
    Proposal,
    RequestNote,
    SavedFilter,
    Sponsorship,
)
from membership.models.care import (
    ClaimStep,
    Confirmation,
    EntryClaim,
    ErrorReport,
    ReportStep,
)
from membership.models.consultations import Consultation, Consulted, Reply
from membership.models.filings import Filing, Sent
from membership.models.leaving import Proceeding, ProceedingStep
from membership.models.members import Member, Membership
from membership.models.prepared import PreparedDecision
from membership.models.procedures import Asked, Procedure, Question
from membership.models.requests import AffiliationRequest, RequestStep

__all__ = [
    "AffiliationRequest",
    "ApplicationStep",
    "Asked",
    "ClaimStep",
    "Confirmation",
    "Consultation",
    "Consulted",
    "Document",
    "EntryClaim",
    "ErrorReport",
    "Filing",
    "Member",
    "Membership",
    "MembershipApplication",
    "PreparedDecision",
    "Procedure",
    "Proceeding",
    "ProceedingStep",
    "Proposal",
    "Question",
    "Reply",
    "ReportStep",
    "RequestNote",
    "RequestStep",
    "SavedFilter",
    "Sent",
    "Sponsorship",
]
