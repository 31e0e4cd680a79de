"""Consultations: the sections of a federation are asked, and each replies as an organisation."""

import uuid
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation, OrganisationOffice
from directory.models.decisions import has_come
from federation.encryption import EncryptedTextField
from federation.models import Federation, plausible_date
from federation.scopes import ScopedQuerySet
from membership.models.leaving import Proceeding
from membership.models.procedures import Procedure
from membership.models.requests import AffiliationRequest

# Who replies for a section.
SPEAKERS = (OrganisationOffice.Role.SECRETARY, OrganisationOffice.Role.DELEGATE)


class ConsultationQuerySet(ScopedQuerySet["Consultation"]):
    def visible_to(self, user: Any) -> Self:
        """Those who run it, and the sections that are asked."""
        asked = Consulted.objects.answered_by(user)
        return self.filter(
            Q(pk__in=self.model.objects.managed_by(user).values("pk"))
            | Q(pk__in=asked.values("consultation"))
        )

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.coordinated_by(user))

    def running(self) -> Self:
        return self.filter(closed_at=None)


class Consultation(models.Model):
    """The sections entitled on its opening day are asked once each, until the day `closes_on`.

    It is counted by the rules of `procedure`; `counts` and `outcome` are frozen when it closes.
    """

    class Outcome(models.TextChoices):
        PASSED = "passed", _("agreed")
        FAILED = "failed", _("not agreed")
        NO_QUORUM = "no_quorum", _("too few replied")
        BLOCKED = "blocked", _("blocked by an objection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="consultations", verbose_name=_("federation")
    )
    request = models.ForeignKey(
        AffiliationRequest, models.PROTECT, null=True, related_name="consultations"
    )
    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, null=True, related_name="consultations"
    )
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    opens_on = models.DateField(_("opening day"))
    closes_on = models.DateField(_("last day to reply"))
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    outcome = models.CharField(_("result"), max_length=10, choices=Outcome, blank=True)
    counts = models.JSONField(_("counts"), default=dict)

    objects: ClassVar[Any] = ConsultationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(request=None, proceeding__isnull=False)
                | Q(request__isnull=False, proceeding=None),
                name="consultation_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(closed_at=None), name="consultation_of_request_once"
            ),
            models.UniqueConstraint(
                fields=["proceeding"],
                condition=Q(closed_at=None),
                name="consultation_of_proceeding_once",
            ),
        ]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")

    def __str__(self) -> str:
        return f"consultation {self.pk}"

    @property
    def subject(self) -> Any:
        """The request or proceeding that it is about."""
        return self.request or self.proceeding

    def may_close(self) -> bool:
        """Its last day is over, or every section has replied."""
        if timezone.localdate() > self.closes_on:
            return True
        return not self.consulted.filter(replies=None).exists()


class ConsultedQuerySet(ScopedQuerySet["Consulted"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(
            Q(pk__in=self.model.objects.answered_by(user).values("pk"))
            | Q(consultation__in=Consultation.objects.managed_by(user))
        )

    def managed_by(self, user: Any) -> Self:
        return self.answered_by(user)

    def answered_by(self, user: Any) -> Self:
        """Those of the organisations for which the person is secretary or delegate today."""
        speaking = OrganisationOffice.objects.current().held_by(user).filter(role__in=SPEAKERS)
        return self.filter(organisation__in=speaking.values("organisation"))

    def recorded_by(self, user: Any) -> Self:
        """Those without a secretary or delegate here, whose letters the person may record."""
        speaking = OrganisationOffice.objects.current().filter(
            role__in=SPEAKERS, person__is_active=True
        )
        return self.filter(consultation__in=Consultation.objects.managed_by(user)).exclude(
            organisation__in=speaking.values("organisation")
        )

    def replied_by(self, user: Any) -> Self:
        """Those for which the person may record a reply today: as its own, or from its letter."""
        return self.filter(
            Q(pk__in=self.model.objects.answered_by(user).values("pk"))
            | Q(pk__in=self.model.objects.recorded_by(user).values("pk"))
        )


class Consulted(models.Model):
    """One section that is asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="consulted")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="consulted", verbose_name=_("section")
    )
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)

    objects: ClassVar[Any] = ConsultedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["consultation", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "organisation"], name="consulted_once"),
        ]
        verbose_name = _("consulted section")
        verbose_name_plural = _("consulted sections")

    def __str__(self) -> str:
        return f"consulted {self.pk}"


class ReplyQuerySet(ScopedQuerySet["Reply"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(consulted__in=Consulted.objects.visible_to(user))

    def managed_by(self, user: Any) -> Self:
        return self.filter(consulted__in=Consulted.objects.answered_by(user))

    def published(self) -> Self:
        """What the applicant may read: after the count, where the procedure says so."""
        return self.filter(
            consulted__consultation__closed_at__isnull=False,
            consulted__consultation__procedure__publishes_replies=True,
        )


class Reply(models.Model):
    """What a section answered. Never changed: another reply replaces it, and both are kept."""

    class Answer(models.TextChoices):
        FOR = "for", _("for")
        AGAINST = "against", _("against")
        ABSTAIN = "abstain", _("abstention")
        OBJECTION = "objection", _("objection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consulted = models.ForeignKey(Consulted, models.PROTECT, related_name="replies")
    number = models.PositiveIntegerField()
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    grounds = EncryptedTextField(_("grounds"), max_length=5000, blank=True)
    assembly = models.CharField(
        _("who decided it"), max_length=200, help_text=_("For example: the general assembly.")
    )
    decided_on = models.DateField(_("on which day"), validators=[plausible_date, has_come])
    at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    by = models.UUIDField(null=True, editable=False)
    office = models.CharField(_("in which office"), max_length=20, blank=True, editable=False)
    is_late = models.BooleanField(_("late"), default=False, editable=False)

    objects: ClassVar[Any] = ReplyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["consulted", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consulted", "number"], name="reply_number_once"),
        ]
        verbose_name = _("reply of a section")
        verbose_name_plural = _("replies of sections")

    def __str__(self) -> str:
        return f"reply {self.pk}"

    def clean(self) -> None:
        if self.answer == self.Answer.OBJECTION and not self.grounds.strip():
            raise ValidationError({"grounds": _("An objection needs its grounds.")})
