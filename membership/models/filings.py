"""What is sent to the desk by a form of the public, and what is followed by its reference.

Both are made without an account, and followed by their reference and a code that is mailed.
What the applicant wrote is sealed as a whole.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedJSONField, EncryptedTextField
from federation.models import User
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet
from federation.states import Stateful
from membership.models.members import email_index
from membership.references import new_reference


class SentQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def open(self) -> Self:
        return self.filter(state__in=self.model.OPEN)

    def waiting(self) -> Self:
        """Those whose next move is the deciders'."""
        return self.filter(state__in=self.model.WITH_DECIDERS)


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
