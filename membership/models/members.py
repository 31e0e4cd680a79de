"""Members are known to the organisation that holds their record, and to nobody else."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation
from federation.encryption import EncryptedTextField, blind_index
from federation.models import plausible_date
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet, is_somebody


def email_index(email: str) -> str:
    return blind_index(email, "membership.email")


class MemberQuerySet(ScopedQuerySet["Member"]):
    def visible_to(self, user: Any) -> Self:
        """The secretaries of the organisation, and the person. Never a coordinator."""
        return self.filter(
            Q(organisation__in=Organisation.objects.kept_by(user))
            | Q(pk__in=self.model.objects.held_by(user).values("pk"))
        )

    def managed_by(self, user: Any) -> Self:
        return self.filter(organisation__in=Organisation.objects.kept_by(user))

    def held_by(self, user: Any) -> Self:
        return self.filter(account=user) if is_somebody(user) else self.none()


class Member(models.Model):
    """A person, as the organisation that holds the record knows them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="members", verbose_name=_("organisation")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("account"),
    )  # fmt: skip
    name = EncryptedTextField(_("name"), max_length=200)
    email = EncryptedTextField(_("e-mail address"), max_length=254, blank=True)
    email_index = models.CharField(max_length=64, blank=True, editable=False)
    phone = EncryptedTextField(_("telephone"), max_length=50, blank=True)
    place = EncryptedTextField(_("town or region"), max_length=100, blank=True)
    work = EncryptedTextField(_("work"), max_length=200, blank=True)
    language = LanguageField(_("language"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = MemberQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "email_index"], name="member_by_email"),
        ]
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        # Never the name: str() reaches logs, error pages and the history.
        return f"member {str(self.pk)[:8]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_index = email_index(self.email) if self.email else ""
        super().save(*args, **kwargs)


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(member__in=self._members().visible_to(user))

    def managed_by(self, user: Any) -> Self:
        return self.filter(member__in=self._members().managed_by(user))

    def held_by(self, user: Any) -> Self:
        return self.filter(member__in=self._members().held_by(user))

    def _members(self) -> Any:
        return Member.objects

    def current(self, on: datetime.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)

    def counted(self, organisations: Iterable[Organisation]) -> dict[int, int]:
        """Members of each organisation, as {organisation id: number}: all that goes upward."""
        rows = self.current().filter(organisation__in=organisations).order_by()
        counts = rows.values("organisation").annotate(number=Count("member", distinct=True))
        return {row["organisation"]: row["number"] for row in counts}


class Membership(models.Model):
    """A person belongs to an organisation, from one day until another."""

    class EndReason(models.TextChoices):
        LEFT = "left", _("left")
        TRANSFER = "transfer", _("moved to another organisation")
        LAPSE = "lapse", _("lapsed by a rule")
        EXPULSION = "expulsion", _("expelled")
        DEATH = "death", _("died")
        ERROR = "error", _("recorded by mistake")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(
        Member, models.CASCADE, related_name="memberships", verbose_name=_("member")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    since = models.DateField(_("since"), default=timezone.localdate, validators=[plausible_date])
    until = models.DateField(_("until"), null=True, blank=True, validators=[plausible_date])
    end_reason = models.CharField(_("why it ended"), max_length=20, choices=EndReason, blank=True)

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "-since", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="membership_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.UniqueConstraint(
                fields=["member", "organisation"],
                condition=Q(until=None),
                name="membership_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "since", "id"], name="membership_order"),
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"membership {str(self.pk)[:8]}"
