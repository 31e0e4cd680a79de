"""What is kept of what happened: audit events, letters to be sent, and spent allowances."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedTextField
from federation.models.federations import Federation
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet, is_operator


class AuditEventQuerySet(ScopedQuerySet["AuditEvent"]):
    def visible_to(self, user: Any) -> Self:
        if is_operator(user):
            return self.all()
        return self.filter(federation_slug__in=Federation.objects.managed_by(user).values("slug"))


class AuditEvent(models.Model):
    """Who did what to which row, and when. Appended, never changed (the database refuses).

    It holds no value and no label of anything personal: record ids and field names only.
    The actor is an id without a foreign key, so that erasing an account leaves the trail.
    """

    class Action(models.TextChoices):
        ADD = "add", _("added")
        CHANGE = "change", _("changed")
        DELETE = "delete", _("deleted")
        MOVE = "move", _("moved on")
        IMPORT = "import", _("imported")
        SIGN_IN = "sign_in", _("signed in")
        READ = "read", _("read")
        SECOND_FACTOR = "second_factor", _("changed a second factor")

    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    action = models.CharField(_("action"), max_length=20, choices=Action)
    actor = models.UUIDField(_("who"), null=True)
    office = models.CharField(_("in which office"), max_length=100, blank=True)
    model = models.CharField(_("kind of record"), max_length=60)
    record = models.CharField(_("record"), max_length=40)
    fields = models.JSONField(_("fields"), default=list)
    note = models.CharField(_("move"), max_length=100, blank=True)
    federation_slug = models.CharField(_("federation"), max_length=60, blank=True, db_index=True)
    request_id = models.CharField(_("web request"), max_length=40, blank=True)

    objects: ClassVar[Any] = AuditEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["model", "record"], name="audit_of_record")]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")

    def __str__(self) -> str:
        return f"{self.action} {self.model} {self.record}"


class Letter(models.Model):
    """A mail to be sent: queued in the transaction of what it tells, delivered by the worker.

    Recipient and text are sealed. `message_id` is given once, so that a letter sent twice
    after a crash is recognised as the same one by the mail server that receives it.
    `about` is the reference of what it tells of, `template` which letter it is.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        RETURNED = "returned", _("returned: the address takes no mail")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queued_at = models.DateTimeField(default=timezone.now)
    recipient = EncryptedTextField(max_length=254)
    subject = EncryptedTextField(max_length=200)
    body = EncryptedTextField()
    language = LanguageField()
    template = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=12, blank=True, db_index=True)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = ScopedQuerySet["Letter"].as_manager()

    class Meta:
        ordering: ClassVar = ["-queued_at"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="letter_due")]
        verbose_name = _("letter")
        verbose_name_plural = _("letters")

    def __str__(self) -> str:
        return f"letter {self.pk}"


class LetterTextQuerySet(ScopedQuerySet["LetterText"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.coordinated_by(user))


class LetterText(models.Model):
    """A federation's own wording of one of its letters in one language."""

    federation = models.ForeignKey(
        Federation, models.CASCADE, related_name="letter_texts", verbose_name=_("federation")
    )
    letter = models.CharField(_("letter"), max_length=40)
    language = LanguageField(_("language"))
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=5000)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects: ClassVar[Any] = LetterTextQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["federation", "letter", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["federation", "letter", "language"], name="letter_text_once"
            ),
        ]
        verbose_name = _("wording of a letter")
        verbose_name_plural = _("wordings of letters")

    def __str__(self) -> str:
        return f"{self.letter} ({self.language})"


class Bucket(models.Model):
    """An allowance that refills with time: codes mailed, forms sent. The key is a fingerprint."""

    key = models.CharField(max_length=64, primary_key=True)
    spent = models.FloatField(default=0)
    updated_at = models.DateTimeField()

    objects: ClassVar[Any] = ScopedQuerySet["Bucket"].as_manager()

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")

    def __str__(self) -> str:
        return self.key[:8]
