"""Accounts: somebody who signs in."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedTextField, blind_index
from federation.scopes import may


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_index=email_index(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean()
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


def email_index(email: str) -> str:
    """By which an account is found; the address itself is ciphertext."""
    return blind_index(email, "federation.User.email")


class User(AbstractBaseUser):
    """Somebody who signs in: a coordinator, a secretary, later a member.

    The address is sealed, since a list of accounts is a list of unionists; `email_index`
    finds it. Rights come from offices alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = EncryptedTextField(_("e-mail address"), max_length=254)
    email_index = models.CharField(max_length=64, unique=True, editable=False)
    name = EncryptedTextField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_superuser = models.BooleanField(_("operator: repairs public facts"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        # Never the address: str() reaches logs and error pages.
        return f"account {self.pk}"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return may(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def clean_fields(self, exclude: Any = None) -> None:
        self.email_index = email_index(self.email)
        super().clean_fields(exclude)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_index = email_index(self.email)
        super().save(*args, **kwargs)
