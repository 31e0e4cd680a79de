"""Tokens of the API, and the answers it keeps so that a request sent twice acts once."""

import datetime
import uuid
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedTextField
from federation.models.federations import OfficeBase
from federation.scopes import ScopedQuerySet


class ApiTokenQuerySet(ScopedQuerySet["ApiToken"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """One's own, as long as one holds an office, of a federation or of an organisation."""
        offices: list[Any] = OfficeBase.__subclasses__()  # of the directory's, too
        held = [kind.objects.current().held_by(user).values("person") for kind in offices]
        return self.filter(reduce(or_, [Q(person__in=people) for people in held]))

    def valid(self, on: datetime.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(
            Q(expires_on=None) | Q(expires_on__gt=day), revoked_at=None, person__is_active=True
        )


class ApiToken(models.Model):
    """A program acts for a person: with the rights that the person's offices give today.

    Only a fingerprint of the token is stored; `may_write` tells whether it may make moves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    label = EncryptedTextField(_("what it is for"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    may_write = models.BooleanField(_("may make moves"), default=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    last_used_on = models.DateField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects: ClassVar[Any] = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("token of the API")
        verbose_name_plural = _("tokens of the API")

    def __str__(self) -> str:
        return f"token {self.pk}"


class KeptAnswer(models.Model):
    """What the API answered to a request that carried an `Idempotency-Key`, for a day.

    `key` is a keyed fingerprint of the key with the one who sent it and the address it went
    to; `request` one of the body. While `status` is empty the first of them is at work.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = EncryptedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[Any] = ScopedQuerySet["KeptAnswer"].as_manager()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")

    def __str__(self) -> str:
        return f"answer {self.pk}"
