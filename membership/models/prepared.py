"""A decision that one coordinator has written down and a second one has yet to confirm."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedJSONField
from federation.models import Federation, StoredFile
from federation.scopes import ScopedQuerySet


class PreparedDecisionQuerySet(ScopedQuerySet["PreparedDecision"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """By office alone, as what was not admitted."""
        return self.filter(federation__in=Federation.objects.coordinated_by(user))


class PreparedDecision(models.Model):
    """`terms` is the form as the first person filled it in; it is recorded when it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey(
        Federation, models.CASCADE, related_name="prepared", verbose_name=_("federation")
    )
    terms = EncryptedJSONField(_("terms"))
    document = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, editable=False, related_name="prepared",
        verbose_name=_("document"),
    )  # fmt: skip
    by = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = PreparedDecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        verbose_name = _("prepared decision")
        verbose_name_plural = _("prepared decisions")

    def __str__(self) -> str:
        return f"prepared decision {self.pk}"
