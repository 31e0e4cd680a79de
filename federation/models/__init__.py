"""Accounts, federations with their statuses and offices, and the records kept of what happened."""

from federation.models.accounts import User, email_index
from federation.models.federations import Federation, Office, OfficeBase, OfficeQuerySet, Status
from federation.models.fields import PartialDateField, plausible_date, web_url
from federation.models.files import StoredFile
from federation.models.records import AuditEvent, Bucket, Letter, LetterText
from federation.models.tokens import ApiToken, KeptAnswer

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Bucket",
    "Federation",
    "KeptAnswer",
    "Letter",
    "LetterText",
    "Office",
    "OfficeBase",
    "OfficeQuerySet",
    "PartialDateField",
    "Status",
    "StoredFile",
    "User",
    "email_index",
    "plausible_date",
    "web_url",
]
