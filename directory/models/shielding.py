"""When an organisation was shielded, in which office, and why: known to those who look after it."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models.keepers import in_reach_of
from directory.models.organisations import Organisation
from federation.encryption import EncryptedTextField
from federation.scopes import ScopedQuerySet


class ShieldingQuerySet(ScopedQuerySet["Shielding"]):
    def visible_to(self, user: Any) -> Self:
        """Its secretaries and the coordinators of its federations. Never the public."""
        return self.filter(organisation__in=in_reach_of(user))

    def managed_by(self, user: Any) -> Self:
        """Those who keep the record take a shield away again."""
        return self.visible_to(user).filter(organisation__in=Organisation.objects.managed_by(user))

    def running(self) -> Self:
        return self.filter(until=None)


class Shielding(models.Model):
    """An organisation in danger: its contacts and place are withdrawn from `since` to `until`.

    The reason is sealed. `before` is the visibility that it has again afterwards.
    """

    # Known before it is saved, since the seal is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="shieldings", verbose_name=_("organisation")
    )
    office = models.CharField(_("in which office"), max_length=20, blank=True, editable=False)
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    until = models.DateTimeField(_("until"), null=True, editable=False)
    reason = EncryptedTextField(_("reason"), max_length=2000, blank=True)
    before = models.CharField(
        max_length=10, choices=Organisation.Visibility, default=Organisation.Visibility.PUBLISHED
    )

    objects: ClassVar[Any] = ShieldingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "-since", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(until=None), name="shielded_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="shielding_ends_after_it_began",
            ),
        ]
        verbose_name = _("shielding")
        verbose_name_plural = _("shieldings")

    def __str__(self) -> str:
        # Never the reason: str() reaches logs and error pages.
        return f"shielding {self.pk}"
