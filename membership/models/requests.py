"""Affiliation requests: an organisation asks a federation for a status."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.models import Affiliation, Decision, Meeting, Organisation
from directory.models.keepers import COORDINATOR, coordinators_in
from federation.models import Federation, Status, User
from federation.scopes import ScopedQuerySet
from federation.states import STAYS, Move, Step
from membership.models.deliberated import Deliberated
from membership.models.filings import Filing, SentQuerySet
from membership.models.procedures import Procedure


class AffiliationRequestQuerySet(SentQuerySet):
    def managed_by(self, user: Any) -> Self:
        """The coordinators of the federation that is asked, once the address is confirmed."""
        federations = Federation.objects.coordinated_by(user)
        return self.filter(federation__in=federations).exclude(state=AffiliationRequest.State.DRAFT)


class AffiliationRequest(Deliberated, Filing):
    """An organisation asks a federation for a status; it ends in a decision and is never deleted.

    The organisation stands in the directory unpublished until acceptance publishes it.
    `procedure` is the version of the rules that it began under.
    """

    PAGE = "membership:request"
    # A draft that nobody touches for so long is deleted; its owner is warned before.
    KEPT_AS_DRAFT = datetime.timedelta(days=60)
    WARNED_BEFORE = datetime.timedelta(days=7)

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        NEEDS_ANSWER = "needs_answer", _("needs an answer")
        IN_CONSULTATION = "in_consultation", _("in consultation")
        DEFERRED = "deferred", _("deferred to a congress")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    WITH_DECIDERS: ClassVar = (State.SUBMITTED, State.IN_CONSULTATION, State.DEFERRED)
    OPEN: ClassVar = (*WITH_DECIDERS, State.NEEDS_ANSWER)
    DECIDABLE: ClassVar = (State.SUBMITTED, State.DEFERRED)

    MOVES = (
        Move("submit", (State.DRAFT,), State.SUBMITTED, "applicant", _("Send the request"),
            _("Request sent")),
        Move(
            "ask_back", (State.SUBMITTED,), State.NEEDS_ANSWER, "decider",
            _("Ask the applicant"), _("The federation asks"), reason=True,
        ),
        Move(
            "answer", (State.NEEDS_ANSWER,), State.SUBMITTED, "applicant",
            _("Answer"), _("The applicant answered"), reason=True,
        ),
        Move("lapse", (State.NEEDS_ANSWER,), State.WITHDRAWN, "rule",
            _("Let it lapse"), _("Lapsed without an answer")),
        Move(
            "consult", (State.SUBMITTED,), State.IN_CONSULTATION, "decider",
            _("Consult the sections"), _("The sections are consulted"),
        ),
        Move(
            "conclude", (State.IN_CONSULTATION,), State.SUBMITTED, "decider",
            _("Close the consultation"), _("The consultation is closed"),
        ),
        Move(
            "expire", (State.IN_CONSULTATION,), State.SUBMITTED, "rule",
            _("Close the consultation"), _("The consultation is closed"),
        ),
        Move(
            "defer", DECIDABLE, State.DEFERRED, "decider",
            _("Put it off to a meeting"), _("Put off to a meeting"), reason=True,
        ),
        Move(
            "propose", DECIDABLE, STAYS, "decider",
            _("Propose a decision"), _("A decision is proposed; a second person confirms it"),
        ),
        Move("accept", DECIDABLE, State.ACCEPTED, "decider", _("Accept"), _("Accepted")),
        Move(
            "decline", DECIDABLE, State.DECLINED, "decider", _("Decline"), _("Declined"),
            reason=True,
        ),
        Move("withdraw", OPEN, State.WITHDRAWN, "applicant", _("Withdraw"),
            _("Withdrawn by the applicant")),
        Move("appeal", (State.DECLINED,), State.SUBMITTED, "applicant", _("Appeal"),
            _("The applicant appeals"), reason=True),
    )  # fmt: skip

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="requests", verbose_name=_("federation")
    )
    status = models.ForeignKey(
        Status, models.PROTECT, related_name="requests", verbose_name=_("status asked for")
    )
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="requests", verbose_name=_("procedure")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="requests",
        verbose_name=_("organisation"),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="requests",
        verbose_name=_("put off to"),
    )  # fmt: skip
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("taken on by"),
    )  # fmt: skip
    answer_due = models.DateField(_("answer due"), null=True, editable=False)
    declined_on = models.DateField(_("declined on"), null=True, editable=False)
    appealed_at = models.DateTimeField(_("appealed"), null=True, editable=False)
    disowned_at = models.DateTimeField(_("disowned by the organisation"), null=True, editable=False)
    decision = models.OneToOneField(
        Decision, models.PROTECT, null=True, editable=False, related_name="request"
    )
    affiliation = models.OneToOneField(
        Affiliation, models.PROTECT, null=True, editable=False, related_name="request"
    )
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("to be continued later"), null=True, editable=False)
    warned_at = models.DateTimeField(_("warned"), null=True, editable=False)

    objects: ClassVar[Any] = AffiliationRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["submitted_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "federation"],
                condition=Q(state__in=["submitted", "needs_answer", "in_consultation", "deferred"]),
                name="request_open_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["federation", "state", "submitted_at"], name="request_inbox"),
        ]
        verbose_name = _("affiliation request")
        verbose_name_plural = _("affiliation requests")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "procedure_id", None) is None:
            self.procedure = Procedure.objects.of_status(self.status)
        super().save(*args, **kwargs)

    def office_of(self, user: Any) -> str:
        return COORDINATOR

    def deciders(self) -> Iterable[User]:
        return coordinators_in(self.federation)

    @property
    def appeal_until(self) -> datetime.date | None:
        """The last day on which the applicant may appeal; empty where there is no appeal."""
        if not self.procedure.appeal_body or self.declined_on is None or self.appealed_at:
            return None
        return self.declined_on + datetime.timedelta(days=self.procedure.appeal_days)

    @property
    def is_to_be_consulted(self) -> bool:
        """Whether the procedure wants the sections asked and they have not been; once again
        after an appeal.
        """
        if self.procedure.consulted == Procedure.Consulted.NONE:
            return False
        last = self.last_consultation
        return last is None or (self.appealed_at is not None and last.opened_at < self.appealed_at)

    def proposal_now(self) -> Any:
        """The decision that waits for a second person, unless something happened since."""
        return self.proposals.filter(step=self.step).first()

    # --- what the procedure says to a move that the table has --------------------------------

    def _forbids_consult(self) -> str | Promise:
        if self.procedure.consulted == Procedure.Consulted.NONE:
            return _("This procedure consults nobody.")
        return "" if self.is_to_be_consulted else _("The sections have been consulted.")

    def _forbids_accept(self) -> str | Promise:
        rules = self.procedure
        if self.disowned_at:
            return _("The organisation said at its public address that it does not ask for this.")
        given = self.sponsorships.given().count()
        if given < rules.sponsors:
            return _("The sponsors that the procedure asks for have not answered yet.")
        if rules.consulted == Procedure.Consulted.NONE:
            return ""
        consultation = self.last_consultation
        if consultation is None or consultation.closed_at is None:
            return _("The sections must be consulted first.")
        if self.is_refused_by_sections:
            return _("The sections did not agree, and their result binds.")
        return ""

    def _forbids_lapse(self) -> str | Promise:
        due = self.answer_due
        over = self.procedure.lapses and due is not None and due < timezone.localdate()
        return "" if over else _("There is still time to answer.")

    def _forbids_appeal(self) -> str | Promise:
        until = self.appeal_until
        if until is None:
            return _("There is no appeal.")
        return "" if timezone.localdate() <= until else _("The time to appeal is over.")


class RequestStep(Step):
    subject = models.ForeignKey(AffiliationRequest, models.CASCADE, related_name="steps")

    objects: ClassVar[Any] = ScopedQuerySet["RequestStep"].as_manager()

    class Meta(Step.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "number"], name="request_step_once"),
        ]
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
