"""Accounts, federations with their statuses and offices, and the records kept of what happened."""

from federation.models.accounts import User, email_index
from federation.models.federations import Federation, Office, OfficeBase, OfficeQuerySet, Status
from federation.models.fields import PartialDateField, plausible_date, web_url
from federation.models.records import AuditEvent, Bucket, Letter

__all__ = [
    "AuditEvent",
    "Bucket",
    "Federation",
    "Letter",
    "Office",
    "OfficeBase",
    "OfficeQuerySet",
    "PartialDateField",
    "Status",
    "User",
    "email_index",
    "plausible_date",
    "web_url",
]
