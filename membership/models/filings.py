"""What is filed and decided: affiliation requests and membership applications.

Both are made without an account, and followed by their reference and a code that is mailed.
What the applicant wrote is sealed as a whole.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Affiliation, Organisation
from directory.models.keepers import COORDINATOR, SECRETARY, secretaries_of
from federation.encryption import EncryptedJSONField, EncryptedTextField
from federation.models import Federation, Office, Status, User, plausible_date
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet
from federation.states import Move, Stateful, Step
from membership.models.members import Member, email_index
from membership.references import new_reference


class Sent(Stateful):
    """What somebody sent to the desk by a form of the public. Its words are sealed as a whole.

    `form_token` is given out with the empty form, so that a form sent twice files once.
    """

    reference = models.CharField(
        _("reference"), max_length=12, unique=True, default=new_reference, editable=False
    )
    form_token = models.UUIDField(unique=True, editable=False)
    language = LanguageField(_("language of the letters"))
    email = EncryptedTextField(_("e-mail address"), max_length=254)
    answers = EncryptedJSONField(_("answers"))
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    def office_of(self, user: Any) -> str:
        """The office in which the person decides on it."""
        raise NotImplementedError

    def deciders(self) -> Iterable[User]:
        """Those who get a letter when it waits for them."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN  # type: ignore[attr-defined]

    @property
    def is_waiting(self) -> bool:
        """Whether the next move is the deciders'."""
        return self.state in self.WITH_DECIDERS  # type: ignore[attr-defined]


class Filing(Sent):
    """What is followed by its reference and a code that is mailed; `PAGE` names where."""

    PAGE: ClassVar[str]

    email_index = models.CharField(max_length=64, editable=False)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_sent_at = models.DateTimeField(null=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_index = email_index(self.email)
        super().save(*args, **kwargs)


# --- affiliation requests -------------------------------------------------------------------


class AffiliationRequestQuerySet(ScopedQuerySet["AffiliationRequest"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """The coordinators of the federation that is asked, once the address is confirmed."""
        federations = Federation.objects.coordinated_by(user)
        return self.filter(federation__in=federations).exclude(state=AffiliationRequest.State.DRAFT)

    def open(self) -> Self:
        return self.filter(state__in=AffiliationRequest.OPEN)

    def waiting(self) -> Self:
        """Those whose next move is the federation's."""
        return self.filter(state__in=AffiliationRequest.WITH_DECIDERS)


class AffiliationRequest(Filing):
    """An organisation asks a federation for a status; it ends in a decision and is never deleted.

    The organisation stands in the directory unpublished until acceptance publishes it.
    """

    PAGE = "membership:request"

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
        Move(
            "consult", (State.SUBMITTED,), State.IN_CONSULTATION, "decider",
            _("Consult the sections"), _("The sections are consulted"),
        ),
        Move(
            "defer", (State.SUBMITTED, State.IN_CONSULTATION), State.DEFERRED, "decider",
            _("Defer to a congress"), _("Deferred to a congress"), reason=True,
        ),
        Move(
            "accept", WITH_DECIDERS, State.ACCEPTED, "decider",
            _("Accept"), _("Accepted"),
        ),
        Move(
            "decline", OPEN, State.DECLINED, "decider", _("Decline"), _("Declined"), reason=True,
        ),
        Move("withdraw", OPEN, State.WITHDRAWN, "applicant", _("Withdraw"),
            _("Withdrawn by the applicant")),
    )  # fmt: skip

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="requests", verbose_name=_("federation")
    )
    status = models.ForeignKey(
        Status, models.PROTECT, related_name="requests", verbose_name=_("status asked for")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="requests",
        verbose_name=_("organisation"),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    deferred_until = models.DateField(
        _("deferred until"), null=True, blank=True, validators=[plausible_date]
    )
    affiliation = models.OneToOneField(
        Affiliation, models.PROTECT, null=True, editable=False, related_name="request"
    )

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

    def office_of(self, user: Any) -> str:
        return COORDINATOR

    def deciders(self) -> Iterable[User]:
        offices = Office.objects.current().filter(federation=self.federation)
        return [office.person for office in offices.select_related("person")]


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

    @property
    def label(self) -> str:
        return str(AffiliationRequest.move_named(self.verb).done)


# --- membership applications ----------------------------------------------------------------


class MembershipApplicationQuerySet(ScopedQuerySet["MembershipApplication"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """The secretaries of the organisation that is asked. Never a coordinator."""
        kept = Organisation.objects.kept_by(user)
        return self.filter(organisation__in=kept).exclude(state=MembershipApplication.State.DRAFT)

    def open(self) -> Self:
        return self.filter(state__in=MembershipApplication.OPEN)

    def waiting(self) -> Self:
        """Those whose next move is the organisation's."""
        return self.filter(state__in=MembershipApplication.WITH_DECIDERS)


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

    @property
    def label(self) -> str:
        return str(MembershipApplication.move_named(self.verb).done)
