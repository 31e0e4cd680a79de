"""Membership applications: a person asks to join an organisation."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation
from directory.models.keepers import SECRETARY, secretaries_of
from federation.models import Federation, User
from federation.scopes import ScopedQuerySet
from federation.states import Move, Step
from membership.models.filings import Filing, SentQuerySet
from membership.models.members import Member


class MembershipApplicationQuerySet(SentQuerySet):
    def managed_by(self, user: Any) -> Self:
        """The secretaries of the organisation that is asked. Never a coordinator."""
        kept = Organisation.objects.kept_by(user)
        return self.filter(organisation__in=kept).exclude(state=MembershipApplication.State.DRAFT)


class MembershipApplication(Filing):
    """A person asks to join an organisation. Only its secretaries ever see who."""

    PAGE = "membership:application"

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
        Move("submit", (State.DRAFT,), State.SUBMITTED, "applicant", _("Send the application"),
            _("Application sent")),
        Move(
            "ask_back", (State.SUBMITTED,), State.NEEDS_ANSWER, "decider",
            _("Ask the applicant"), _("The organisation asks"), reason=True,
        ),
        Move(
            "answer", (State.NEEDS_ANSWER,), State.SUBMITTED, "applicant",
            _("Answer"), _("The applicant answered"), reason=True,
        ),
        Move("accept", (State.SUBMITTED,), State.ACCEPTED, "decider", _("Accept"), _("Accepted")),
        Move("decline", OPEN, State.DECLINED, "decider", _("Decline"), _("Declined"), reason=True),
        Move("withdraw", OPEN, State.WITHDRAWN, "applicant", _("Withdraw"),
            _("Withdrawn by the applicant")),
    )  # fmt: skip

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="applications", verbose_name=_("organisation")
    )
    via = models.ForeignKey(
        Federation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("led here by"),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    member = models.OneToOneField(
        Member, models.SET_NULL, null=True, editable=False, related_name="application"
    )

    objects: ClassVar[Any] = MembershipApplicationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["submitted_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "state", "submitted_at"], name="application_inbox"
            ),
        ]
        verbose_name = _("membership application")
        verbose_name_plural = _("membership applications")

    def office_of(self, user: Any) -> str:
        return SECRETARY

    def deciders(self) -> Iterable[User]:
        return secretaries_of(self.organisation)


class ApplicationStep(Step):
    subject = models.ForeignKey(MembershipApplication, models.CASCADE, related_name="steps")

    objects: ClassVar[Any] = ScopedQuerySet["ApplicationStep"].as_manager()

    class Meta(Step.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "number"], name="application_step_once"),
        ]
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
