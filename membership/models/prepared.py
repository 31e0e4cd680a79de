"""A decision that one coordinator has written down and a second one has yet to confirm."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedJSONField, EncryptedTextField
from federation.models import Federation, StoredFile
from federation.scopes import ScopedQuerySet
from membership.models.leaving import Proceeding, ProceedingStep


class PreparedDecisionQuerySet(ScopedQuerySet["PreparedDecision"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """By office alone, as what was not admitted."""
        return self.filter(federation__in=Federation.objects.coordinated_by(user))

    def standing(self) -> Self:
        """Not overtaken: any step of its proceeding makes it void."""
        return self.exclude(self._overtaken())

    def void(self) -> Self:
        return self.filter(self._overtaken())

    def waiting_for(self, user: Any) -> Self:
        """Those that the person may confirm, and the person's own that were sent back."""
        mine, sent_back = Q(by=user.pk), Q(sent_back_at__isnull=False)
        rows = self.managed_by(user).standing()
        return rows.filter((mine & sent_back) | (~mine & ~sent_back))

    def _overtaken(self) -> Exists:
        later = ProceedingStep.objects.filter(subject=OuterRef("proceeding"), at__gt=OuterRef("at"))
        return Exists(later)


class PreparedDecision(models.Model):
    """`terms` is the form as the first person filled it in; it is recorded when it is confirmed.

    So waits, too, what is done about a seat: `act` says which.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey(
        Federation, models.CASCADE, related_name="prepared", verbose_name=_("federation")
    )
    terms = EncryptedJSONField(_("terms"))
    document = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, editable=False, related_name="prepared",
        verbose_name=_("document"),
    )  # fmt: skip
    proceeding = models.OneToOneField(
        Proceeding, models.CASCADE, null=True, editable=False, related_name="prepared",
        verbose_name=_("proceeding"),
    )  # fmt: skip
    reason = EncryptedTextField(_("reason"), blank=True, max_length=5000)
    sent_back_at = models.DateTimeField(_("sent back"), null=True, editable=False)
    sent_back_by = models.UUIDField(null=True, editable=False)
    by = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = PreparedDecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        verbose_name = _("prepared decision")
        verbose_name_plural = _("prepared decisions")

    def __str__(self) -> str:
        return f"prepared decision {self.pk}"

    @property
    def act(self) -> str:
        """What is done about a seat (`membership.desk.seat_acts`); empty for a decision."""
        return str(self.terms.get("act", ""))
