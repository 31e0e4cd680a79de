"""What hangs on a request: documents, sponsors, notes of the desk, proposals; and saved filters."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation, OrganisationOffice
from directory.models.decisions import has_come
from directory.models.keepers import COORDINATOR
from federation.encryption import EncryptedJSONField, EncryptedTextField
from federation.models import Office, StoredFile, plausible_date
from federation.scopes import ScopedQuerySet
from membership.models.requests import AffiliationRequest


class OfRequest(ScopedQuerySet[Any]):
    """Seen by those who decide on the request, and by nobody else with an account."""

    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        return self.filter(request__in=AffiliationRequest.objects.managed_by(user))


class Document(models.Model):
    """A file that the applicant handed in; read by the applicant and the deciders only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AffiliationRequest, models.CASCADE, related_name="documents")
    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="document")
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = OfRequest.as_manager()

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return f"document {self.pk}"


class SponsorshipQuerySet(OfRequest):
    def given(self) -> Self:
        """Those in which the section vouches."""
        return self.filter(state=Sponsorship.State.GIVEN)

    def answered_by(self, user: Any) -> Self:
        """Those that the person's organisations are asked for, or have answered."""
        kept = Organisation.objects.kept_by(user)
        return self.filter(organisation__in=kept).exclude(
            request__state=AffiliationRequest.State.DRAFT
        )

    def recorded_by(self, user: Any) -> Self:
        """Those of organisations without a secretary here, whose letters the person may record."""
        keeping = OrganisationOffice.objects.current().filter(
            role__in=OrganisationOffice.KEEPERS, person__is_active=True
        )
        return (
            self.managed_by(user)
            .exclude(organisation__in=keeping.values("organisation"))
            .exclude(request__state=AffiliationRequest.State.DRAFT)
        )

    def told_by(self, user: Any) -> Self:
        """Those of which the person may say the answer: as its own, or from what was written."""
        return self.filter(
            models.Q(pk__in=self.model.objects.answered_by(user).values("pk"))
            | models.Q(pk__in=self.model.objects.recorded_by(user).values("pk"))
        )

    def waiting(self) -> Self:
        """Those not answered yet, while the request is open."""
        return self.filter(
            state=Sponsorship.State.ASKED, request__state__in=AffiliationRequest.OPEN
        )


class Sponsorship(models.Model):
    """A section vouches for the applicant, or declines to."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        GIVEN = "given", _("vouches")
        REFUSED = "refused", _("declines to vouch")

    class Came(models.TextChoices):
        LETTER = "letter", _("by letter")
        EMAIL = "email", _("by e-mail")
        MEETING = "meeting", _("at a meeting")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AffiliationRequest, models.CASCADE, related_name="sponsorships")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="sponsorships", verbose_name=_("organisation")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.ASKED, editable=False
    )
    note = EncryptedTextField(_("note"), max_length=2000, blank=True)
    answered_on = models.DateField(
        _("on which day"), null=True, blank=True, validators=[plausible_date, has_come]
    )
    came_by = models.CharField(_("how it came"), max_length=10, choices=Came, blank=True)
    office = models.CharField(_("in which office"), max_length=20, blank=True, editable=False)
    by = models.UUIDField(null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    objects: ClassVar[Any] = SponsorshipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["request", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "organisation"], name="sponsor_once"),
        ]
        verbose_name = _("sponsorship")
        verbose_name_plural = _("sponsorships")

    def __str__(self) -> str:
        return f"sponsorship {self.pk}"

    @property
    def is_recorded(self) -> bool:
        """Whether a coordinator recorded what the organisation wrote."""
        return self.office == COORDINATOR


class RequestNote(models.Model):
    """What those who decide note for each other. The applicant never sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AffiliationRequest, models.CASCADE, related_name="notes")
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    by = models.UUIDField(null=True, editable=False)
    text = EncryptedTextField(_("note"), max_length=5000)

    objects: ClassVar[Any] = OfRequest.as_manager()

    class Meta:
        ordering: ClassVar = ["request", "at", "pk"]
        verbose_name = _("note of the desk")
        verbose_name_plural = _("notes of the desk")

    def __str__(self) -> str:
        return f"note {self.pk}"


class Proposal(models.Model):
    """A decision that waits for a second person. Good only while the request has not moved on.

    `terms` is what the verb takes, as the first person filled it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AffiliationRequest, models.CASCADE, related_name="proposals")
    step = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    terms = EncryptedJSONField(_("terms"))
    by = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = OfRequest.as_manager()

    class Meta:
        ordering: ClassVar = ["request", "step"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "step"], name="proposal_once"),
        ]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class SavedFilterQuerySet(ScopedQuerySet["SavedFilter"]):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """One's own, as long as one holds an office."""
        return self.filter(person__in=Office.objects.current().held_by(user).values("person"))


class SavedFilter(models.Model):
    """What somebody at the desk looks at often: the query of a list, under a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list = models.CharField(max_length=20)
    name = EncryptedTextField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    objects: ClassVar[Any] = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["person", "list", "pk"]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")

    def __str__(self) -> str:
        return f"filter {self.pk}"
