"""The care of an entry: claims to speak for it, reports of errors, confirmations."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation
from directory.models.keepers import (
    coordinators_of,
    in_no_federation,
    in_reach_of,
    is_coordinated_by,
    mailboxes_of,
    office_in,
    secretaries_of,
    trail_of,
)
from federation.encryption import EncryptedTextField
from federation.models import Federation, User
from federation.scopes import ScopedQuerySet, is_operator
from federation.states import Move, Step
from membership.models.filings import Filing, Sent, SentQuerySet


def operated_by(user: Any) -> "models.QuerySet[Organisation]":
    """Entries that nobody but the operator answers for."""
    if not is_operator(user):
        return Organisation.objects.none()
    return in_no_federation()


class AboutAnEntry(Sent):
    """What a claim and a report have in common: the entry, and who is told of it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )

    class Meta:
        abstract = True

    @property
    def federation(self) -> Federation | None:
        """The one whose coordinators read of it in the audit trail."""
        found: Federation | None = Federation.objects.filter(
            slug=trail_of(self.organisation)
        ).first()
        return found

    def office_of(self, user: Any) -> str:
        return office_in(self.organisation, user)


# --- claims ---------------------------------------------------------------------------------


class EntryClaimQuerySet(SentQuerySet):
    def managed_by(self, user: Any) -> Self:
        """The secretaries the entry has, and the coordinators of its federations."""
        return self.filter(
            Q(organisation__in=Organisation.objects.kept_by(user))
            | Q(is_coordinated_by(user))
            | Q(organisation__in=operated_by(user))
        ).exclude(state=EntryClaim.State.DRAFT)


class EntryClaim(AboutAnEntry, Filing):
    """Somebody says to be the secretary of an organisation that stands in the directory.

    Nothing shows the claimant whether the entry has a secretary already.
    """

    PAGE = "membership:claim"
    # So long the organisation has to say that it knows nothing of it (control C49).
    OBJECTIONS = datetime.timedelta(hours=72)

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        NEEDS_ANSWER = "needs_answer", _("needs an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    WITH_DECIDERS: ClassVar = (State.SUBMITTED,)
    OPEN: ClassVar = (*WITH_DECIDERS, State.NEEDS_ANSWER)

    MOVES = (
        Move("submit", (State.DRAFT,), State.SUBMITTED, "applicant", _("Send the claim"),
            _("Claim sent")),
        Move(
            "ask_back", (State.SUBMITTED,), State.NEEDS_ANSWER, "decider",
            _("Ask the claimant"), _("A question was asked"), reason=True,
        ),
        Move(
            "answer", (State.NEEDS_ANSWER,), State.SUBMITTED, "applicant",
            _("Answer"), _("The claimant answered"), reason=True,
        ),
        Move(
            "accept", (State.SUBMITTED,), State.ACCEPTED, "decider",
            _("Accept"), _("Accepted"), reason=True,
        ),
        Move("decline", OPEN, State.DECLINED, "decider", _("Decline"), _("Declined"), reason=True),
        Move("withdraw", OPEN, State.WITHDRAWN, "applicant", _("Withdraw"),
            _("Withdrawn by the claimant")),
    )  # fmt: skip

    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    objected_at = models.DateTimeField(_("objected"), null=True, editable=False)
    may_be_objected = models.BooleanField(default=False, editable=False)

    objects: ClassVar[Any] = EntryClaimQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["submitted_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "email_index"],
                condition=Q(state__in=["submitted", "needs_answer"]),
                name="claim_open_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "submitted_at"], name="claim_inbox"),
        ]
        verbose_name = _("claim of an entry")
        verbose_name_plural = _("claims of entries")

    def deciders(self) -> Iterable[User]:
        people = [*secretaries_of(self.organisation), *coordinators_of(self.organisation)]
        return {person.pk: person for person in people}.values()

    def mailboxes(self) -> list[str]:
        """The public addresses of the organisation that belong to a role."""
        return mailboxes_of(self.organisation)

    @property
    def is_from_mailbox(self) -> bool:
        """Whether the claimant reads a public mailbox of it, which the code proved."""
        return self.email.casefold() in {address.casefold() for address in self.mailboxes()}

    @property
    def has_secretary(self) -> bool:
        return secretaries_of(self.organisation).exists()

    @property
    def open_to_coordinators_at(self) -> datetime.datetime | None:
        """Until then a coordinator waits for an objection; empty if nobody could object."""
        asked = self.may_be_objected or self.has_secretary
        return self.submitted_at + self.OBJECTIONS if asked and self.submitted_at else None

    def other_mailboxes(self) -> set[str]:
        """The public mailboxes of the organisation that are not the claimant's own."""
        return {address.casefold() for address in self.mailboxes()} - {self.email.casefold()}


class ClaimStep(Step):
    subject = models.ForeignKey(EntryClaim, models.CASCADE, related_name="steps")

    objects: ClassVar[Any] = ScopedQuerySet["ClaimStep"].as_manager()

    class Meta(Step.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "number"], name="claim_step_once"),
        ]
        verbose_name = _("step of a claim")
        verbose_name_plural = _("steps of claims")


# --- reports --------------------------------------------------------------------------------


class ErrorReportQuerySet(SentQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """The secretaries of the entry; where it has none, the coordinators of its federations."""
        alone = ~Q(organisation__in=Organisation.objects.with_secretary())
        return self.filter(
            Q(organisation__in=Organisation.objects.kept_by(user))
            | alone & (Q(is_coordinated_by(user)) | Q(organisation__in=operated_by(user)))
        )

    def past_their_time(self, now: datetime.datetime) -> Self:
        """Those that were dealt with so long ago that they are deleted."""
        since = ReportStep.objects.filter(subject=OuterRef("pk"), at__gt=now - ErrorReport.KEPT)
        return self.exclude(state__in=ErrorReport.OPEN).filter(~Exists(since))


class ErrorReport(AboutAnEntry):
    """A reader says what is wrong in an entry. Deleted some time after it was dealt with."""

    KEPT = datetime.timedelta(days=90)

    class State(models.TextChoices):
        NEW = "new", _("new")
        HANDLED = "handled", _("corrected")
        DISMISSED = "dismissed", _("dismissed")

    class Part(models.TextChoices):
        NAME = "name", _("A name or acronym")
        PLACE = "place", _("The country, town or point on the map")
        CONTACT = "contact", _("A contact or website")
        DESCRIPTION = "description", _("The description, languages or industries")
        AFFILIATION = "affiliation", _("A status in a federation")
        GONE = "gone", _("The organisation no longer exists")
        OTHER = "other", _("Something else")

    WITH_DECIDERS: ClassVar = (State.NEW,)
    OPEN: ClassVar = (State.NEW,)

    MOVES = (
        Move("handle", (State.NEW,), State.HANDLED, "decider", _("It is corrected"),
            _("Corrected")),
        Move("dismiss", (State.NEW,), State.DISMISSED, "decider", _("Dismiss"), _("Dismissed"),
            reason=True),
    )  # fmt: skip

    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.NEW, editable=False
    )

    objects: ClassVar[Any] = ErrorReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["submitted_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "submitted_at"], name="report_inbox"),
        ]
        verbose_name = _("report of an error")
        verbose_name_plural = _("reports of errors")

    def deciders(self) -> Iterable[User]:
        keepers = secretaries_of(self.organisation)
        return keepers if keepers.exists() else coordinators_of(self.organisation)


class ReportStep(Step):
    subject = models.ForeignKey(ErrorReport, models.CASCADE, related_name="steps")

    objects: ClassVar[Any] = ScopedQuerySet["ReportStep"].as_manager()

    class Meta(Step.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "number"], name="report_step_once"),
        ]
        verbose_name = _("step of a report")
        verbose_name_plural = _("steps of reports")


# --- confirmations --------------------------------------------------------------------------


class ConfirmationQuerySet(ScopedQuerySet["Confirmation"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(organisation__in=in_reach_of(user))


class Confirmation(models.Model):
    """Somebody said that the entry is right: an office, or whoever read the yearly letter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    office = models.CharField(_("in which office"), max_length=20, blank=True, editable=False)
    note = EncryptedTextField(_("note"), max_length=500, blank=True)

    objects: ClassVar[Any] = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "-at", "-pk"]
        verbose_name = _("confirmation of an entry")
        verbose_name_plural = _("confirmations of entries")

    def __str__(self) -> str:
        return f"confirmation {self.pk}"

    @property
    def is_by_letter(self) -> bool:
        return not self.office
