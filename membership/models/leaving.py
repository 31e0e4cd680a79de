"""Proceedings about an organisation that is affiliated: how a status rests, returns or ends."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Decision, Meeting, Organisation
from directory.models.keepers import COORDINATOR, SECRETARY, coordinators_in, secretaries_of
from federation.encryption import EncryptedTextField
from federation.models import Federation, Status, User, plausible_date
from federation.scopes import ScopedQuerySet
from federation.states import APPLICANT, RULE, STAYS, Move, Stateful, Step
from membership.models.resting import OfAffiliated
from membership.references import new_reference


class ProceedingQuerySet(ScopedQuerySet["Proceeding"]):
    def visible_to(self, user: Any) -> Self:
        """The coordinators of the federation, the organisation that it is about, and the other."""
        return self.filter(
            Q(pk__in=self.model.objects.managed_by(user).values("pk"))
            | Q(pk__in=self.model.objects.held_by(user).values("pk"))
            | Q(other__in=Organisation.objects.kept_by(user))
        )

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.coordinated_by(user))

    def held_by(self, user: Any) -> Self:
        """Those about the organisations that the person keeps as a secretary."""
        return self.filter(organisation__in=Organisation.objects.kept_by(user))

    def open(self) -> Self:
        return self.filter(state__in=Proceeding.OPEN_STATES)

    def waiting(self) -> Self:
        return self.filter(state__in=Proceeding.WITH_DECIDERS)

    def with_last_days(self) -> Self:
        """Each with `replies_until`, the last day of its consultation, which `due` asks for."""
        days = self.annotate(replies_until=Max("consultations__closes_on"))
        return days.order_by("opened_at", "pk")  # the usual order, which grouping takes away


class Proceeding(OfAffiliated, Stateful):
    """An organisation leaves, or its federation considers that its status rests, returns or ends.

    Opened by the organisation (a withdrawal, a merger) or by the coordinators. What is
    decided is a `Decision`, like everything that changes a status. Nobody is expelled
    unheard: an expulsion needs a hearing whose day has come, or the organisation's statement.
    Nobody is merged unasked: the other organisation says whether it agrees.
    """

    class Kind(models.TextChoices):
        WITHDRAWAL = "withdrawal", _("withdrawal")
        LAPSE = "lapse", _("lapse")
        SUSPENSION = "suspension", _("suspension")
        RESTORATION = "restoration", _("end of a suspension")
        DISAFFILIATION = "disaffiliation", _("disaffiliation")
        EXPULSION = "expulsion", _("expulsion")
        MERGER = "merger", _("merger")
        SPLIT = "split", _("split")
        CHANGE = "change", _("change of status")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        HEARING = "hearing", _("the organisation is heard")
        IN_CONSULTATION = "in_consultation", _("in consultation")
        DEFERRED = "deferred", _("deferred to a congress")
        DECIDED = "decided", _("decided")
        DROPPED = "dropped", _("dropped")

    # Those that an organisation may open itself.
    BY_ORGANISATION: ClassVar = (Kind.WITHDRAWAL, Kind.MERGER, Kind.CHANGE)
    # Those in which the organisation must be heard first.
    NEEDS_HEARING: ClassVar = (Kind.EXPULSION, Kind.DISAFFILIATION)
    WITH_DECIDERS: ClassVar = (State.OPEN, State.HEARING, State.IN_CONSULTATION, State.DEFERRED)
    OPEN_STATES: ClassVar = WITH_DECIDERS
    DECIDABLE: ClassVar = (State.OPEN, State.HEARING, State.DEFERRED)
    NEEDS_OTHER: ClassVar = (Kind.MERGER, Kind.SPLIT)
    # Nobody judges these: whoever notices them records them, whatever the procedure says.
    ONLY_RECORDED: ClassVar = (Kind.WITHDRAWAL, Kind.LAPSE)
    # Within so many days an organisation's own withdrawal should stand in the register.
    RECORDED_IN: ClassVar = datetime.timedelta(days=30)
    # Nobody can answer from one day to the next: an assembly has to meet.
    HEARD_FOR: ClassVar = datetime.timedelta(days=7)
    # So long the other organisation is waited for, if it has a secretary here.
    WAITS_FOR_OTHER: ClassVar = datetime.timedelta(days=14)

    MOVES = (
        Move(
            "hear", DECIDABLE, State.HEARING, "decider",
            _("Ask the organisation to speak"), _("The organisation is asked to speak"),
            reason=True,
        ),
        Move(
            "speak", WITH_DECIDERS, STAYS, "organisation",
            _("Speak to it"), _("The organisation spoke"), reason=True,
        ),
        Move(
            "consult", DECIDABLE, State.IN_CONSULTATION, "decider",
            _("Consult the sections"), _("The sections are consulted"),
        ),
        Move(
            "conclude", (State.IN_CONSULTATION,), State.OPEN, "decider",
            _("Close the consultation"), _("The consultation is closed"),
        ),
        Move(
            "expire", (State.IN_CONSULTATION,), State.OPEN, "rule",
            _("Close the consultation"), _("The consultation is closed"),
        ),
        Move(
            "defer", DECIDABLE, State.DEFERRED, "decider",
            _("Put it off to a meeting"), _("Put off to a meeting"), reason=True,
        ),
        Move("agree", WITH_DECIDERS, STAYS, "other", _("Agree to it"),
            _("The other organisation agreed"), reason=True),
        Move("object", WITH_DECIDERS, STAYS, "other", _("Do not agree"),
            _("The other organisation does not agree"), reason=True),
        Move(
            "attest", WITH_DECIDERS, STAYS, "decider",
            _("Record that the other organisation agrees"),
            _("The other organisation was asked in another way, and agrees"), reason=True,
        ),
        Move("decide", DECIDABLE, State.DECIDED, "decider",
            _("Record the decision"), _("Decided")),
        Move("appeal", (State.DECIDED,), State.OPEN, "organisation", _("Appeal"),
            _("The organisation appeals"), reason=True),
        Move(
            "drop", WITH_DECIDERS, State.DROPPED, "decider", _("Drop it"), _("Dropped"),
            reason=True,
        ),
        Move("retract", WITH_DECIDERS, State.DROPPED, "organisation",
            _("Take it back"), _("Taken back by the organisation")),
    )  # fmt: skip

    reference = models.CharField(
        _("reference"), max_length=12, unique=True, default=new_reference, editable=False
    )
    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="proceedings", verbose_name=_("federation")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="proceedings", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.OPEN, editable=False
    )
    other = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("the other organisation"),
    )  # fmt: skip
    other_agrees = models.BooleanField(
        _("the other organisation agrees"), null=True, editable=False
    )
    status = models.ForeignKey(
        Status, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("status proposed"),
    )  # fmt: skip
    grounds = EncryptedTextField(_("grounds"), max_length=5000)
    assembly = models.CharField(_("who decided it"), max_length=200, blank=True)
    wanted_on = models.DateField(
        _("wanted from"), null=True, blank=True, validators=[plausible_date]
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    opened_by = models.CharField(_("opened by"), max_length=20, editable=False)
    hearing_until = models.DateField(
        _("may speak until"), null=True, blank=True, validators=[plausible_date]
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="proceedings",
        verbose_name=_("put off to"),
    )  # fmt: skip
    decision = models.OneToOneField(
        Decision, models.PROTECT, null=True, editable=False, related_name="proceeding"
    )

    objects: ClassVar[Any] = ProceedingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["opened_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "federation", "kind"],
                condition=Q(state__in=["open", "hearing", "in_consultation", "deferred"]),
                name="proceeding_open_once",
                violation_error_message=_("Such a proceeding is open already."),
            ),
        ]
        verbose_name = _("proceeding")
        verbose_name_plural = _("proceedings")

    def __str__(self) -> str:
        return self.reference

    def roles_of(self, user: Any) -> set[str]:
        roles = super().roles_of(user)
        if user is APPLICANT or user is RULE:
            return roles
        manager = type(self).objects
        if manager.held_by(user).filter(pk=self.pk).exists():
            roles = roles | {"organisation"}
        if self.other and Organisation.objects.kept_by(user).filter(pk=self.other.pk).exists():
            roles = roles | {"other"}
        return roles

    def office_of(self, user: Any) -> str:
        manages = type(self).objects.managed_by(user).filter(pk=self.pk).exists()
        return COORDINATOR if manages else SECRETARY

    def deciders(self) -> Iterable[User]:
        return coordinators_in(self.federation)

    def keepers(self) -> Iterable[User]:
        """The secretaries of the organisation that it is about."""
        return secretaries_of(self.organisation)

    def others(self) -> Iterable[User]:
        """The secretaries of the other organisation, if there is one."""
        return secretaries_of(self.other) if self.other else ()

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def due(self) -> datetime.date | None:
        """The day by which something follows; of a row that came `with_last_days`."""
        if self.state == self.State.IN_CONSULTATION:
            return getattr(self, "replies_until", None)
        if self.state == self.State.HEARING:
            return self.hearing_until
        if self.state == self.State.DEFERRED and self.meeting:
            return self.meeting.ends_on or self.meeting.day
        if self.is_open and self.is_own_withdrawal:
            return timezone.localdate(self.opened_at) + self.RECORDED_IN
        return None

    @property
    def is_overdue(self) -> bool:
        """What the coordinators should have done by now."""
        waits_for_them = self.state == self.State.DEFERRED or self.is_own_withdrawal
        due = self.due
        return self.is_open and waits_for_them and due is not None and due < timezone.localdate()


class ProceedingStep(Step):
    subject = models.ForeignKey(Proceeding, models.CASCADE, related_name="steps")

    objects: ClassVar[Any] = ScopedQuerySet["ProceedingStep"].as_manager()

    class Meta(Step.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "number"], name="proceeding_step_once"),
        ]
        verbose_name = _("step of a proceeding")
        verbose_name_plural = _("steps of proceedings")
