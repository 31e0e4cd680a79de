"""What bodies decide, when they meet, what follows from it, and where statements come from.

Decisions and their effects are appended and never changed: the database refuses. An
erroneous one is corrected by another that says so. `directory.decisions.record` is the door.
"""

import datetime
import uuid
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from directory.models.organisations import Organisation
from federation.models import Federation, Status, StoredFile, plausible_date, web_url
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet
from federation.texts import Text, TextsField, in_language


def has_come(day: datetime.date) -> None:
    """Refuse a day that lies ahead: what has not been decided yet is no decision."""
    if day > timezone.localdate():
        raise ValidationError(_("This day has not come yet."))


class OfFederation(ScopedQuerySet[Any]):
    """Rows that their federation's coordinators manage."""

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.managed_by(user))


class PublicOfFederation(OfFederation):
    """The same, open to everybody's eyes."""

    def visible_to(self, user: Any) -> Self:
        return self.all()


class Body(models.TextChoices):
    """Who can decide in a federation."""

    CONGRESS = "congress", _("congress")
    REFERENDUM = "referendum", _("referendum")
    PLENARY = "plenary", _("plenary")
    SECRETARIAT = "secretariat", _("secretariat")
    ASSEMBLY = "assembly", _("assembly")
    COMMITTEE = "committee", _("organising committee")


class EndReason(models.TextChoices):
    """Why a bond ended."""

    WITHDRAWAL = "withdrawal", _("the organisation withdrew")
    LAPSE = "lapse", _("it lapsed by a rule")
    DISAFFILIATION = "disaffiliation", _("the federation ended it")
    EXPULSION = "expulsion", _("expelled")
    MERGER = "merger", _("merged or continued by another")
    DISSOLUTION = "dissolution", _("the organisation dissolved")
    CHANGE = "change", _("change of status")


class MeetingQuerySet(OfFederation):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)


class Meeting(models.Model):
    """A body meets, or met: what is put off to it hangs on it, and moves with its day."""

    federation = models.ForeignKey(
        Federation, models.CASCADE, related_name="meetings", verbose_name=_("federation")
    )
    body = models.CharField(_("body"), max_length=20, choices=Body)
    titles = TextsField(_("title"), area=False)
    day = models.DateField(
        _("day"), null=True, blank=True, validators=[plausible_date],
        help_text=_("Left empty while it is not fixed."),
    )  # fmt: skip
    ends_on = models.DateField(_("last day"), null=True, blank=True, validators=[plausible_date])
    place = models.CharField(_("place"), max_length=100, blank=True)

    objects: ClassVar[Any] = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [F("day").asc(nulls_last=True), "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("day")),
                name="meeting_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
        ]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self) -> str:
        title = str(self.title) or str(self.get_body_display())
        return ", ".join([title, date_format(self.day, "DATE_FORMAT")]) if self.day else title

    @property
    def title(self) -> Text:
        return in_language(self.titles, original=self.federation.language)


class Source(models.Model):
    """Where a statement comes from, and on which day it was so."""

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="sources", verbose_name=_("recorded by")
    )
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("web address"), max_length=500, blank=True, validators=[web_url])
    as_of = models.DateField(_("it was so on"), validators=[plausible_date])
    language = LanguageField(_("language"), blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    decision = models.OneToOneField(
        "directory.Decision", models.PROTECT, null=True, editable=False, related_name="own_source",
        verbose_name=_("the decision itself"),
    )  # fmt: skip

    objects: ClassVar[Any] = PublicOfFederation.as_manager()

    class Meta:
        ordering: ClassVar = ["-as_of", "-pk"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return f"{self.title} ({date_format(self.as_of, 'DATE_FORMAT')})"


class Decision(models.Model):
    """The recorded act of a body. Appended, never changed: its effects change the statuses."""

    Body = Body

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="decisions", verbose_name=_("federation")
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="decisions",
        verbose_name=_("meeting"),
    )  # fmt: skip
    body = models.CharField(_("body"), max_length=20, choices=Body)
    decided_on = models.DateField(_("decided on"), validators=[plausible_date, has_come])
    place = models.CharField(_("place"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    texts = TextsField(_("text"))
    document = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False, related_name="decision",
        verbose_name=_("document"),
    )  # fmt: skip
    document_is_public = models.BooleanField(_("everybody may read the document"), default=False)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by",
        verbose_name=_("corrects"),
    )  # fmt: skip
    correction_note = models.CharField(_("what was wrong"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = PublicOfFederation.as_manager()

    class Meta:
        ordering: ClassVar = ["-decided_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(correction_note=""),
                name="decision_says_what_it_corrects",
                violation_error_message=_("Say what was wrong with the record."),
            ),
        ]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        day = date_format(self.decided_on, "DATE_FORMAT")
        return " ".join(filter(None, [f"{self.get_body_display()}, {day}", self.reference]))

    @property
    def text(self) -> Text:
        return in_language(self.texts, original=self.federation.language)


class EffectQuerySet(ScopedQuerySet["Effect"]):
    def visible_to(self, user: Any) -> Self:
        """What everybody may know: of organisations and statuses that stand in public lists.

        Who was not admitted is nobody's business.
        """
        return self.filter(self._known_to(user))

    def hidden_from(self, user: Any) -> Self:
        return self.filter(~self._known_to(user))

    def _known_to(self, user: Any) -> Q:
        shown = Organisation.objects.listed().values("pk")
        public = (
            ~Q(kind__in=Effect.HIDDEN)
            & Q(organisation__in=shown)
            & (Q(other=None) | Q(other__in=shown))
            & (Q(status=None) | Q(status__is_listed_publicly=True))
        )
        return public | Q(decision__federation__in=Federation.objects.coordinated_by(user))

    def managed_by(self, user: Any) -> Self:
        """By office alone: an operator does not read who was not admitted."""
        return self.filter(decision__federation__in=Federation.objects.coordinated_by(user))


class Effect(models.Model):
    """One thing that a decision does to one organisation, from the day `on`.

    `named` keeps the names that organisation, status and other had when it was recorded.
    """

    class Kind(models.TextChoices):
        ADMIT = "admit", _("is admitted")
        CHANGE = "change", _("changes its status")
        SUSPEND = "suspend", _("is suspended")
        RESTORE = "restore", _("is restored")
        END = "end", _("is no longer affiliated")
        CONTINUE = "continue", _("is recognised as continuing another")
        MERGE = "merge", _("merges into another")
        SPLIT = "split", _("is recognised as split from another")
        DECLINE = "decline", _("is not admitted")
        KEEP = "keep", _("stays as it is")

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="effects", verbose_name=_("decision")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("what follows"), max_length=10, choices=Kind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="effects", verbose_name=_("organisation")
    )
    status = models.ForeignKey(
        Status, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("status")
    )
    on = models.DateField(_("from"), validators=[plausible_date])
    until = models.DateField(
        _("until"), null=True, blank=True, validators=[plausible_date],
        help_text=_("Of a suspension: the first day without it, if that is fixed already."),
    )  # fmt: skip
    reason = models.CharField(_("why it ended"), max_length=20, choices=EndReason, blank=True)
    other = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("the other organisation"),
    )  # fmt: skip
    waiver = models.CharField(
        _("why a second one in the country is admitted"), max_length=300, blank=True
    )
    named = models.JSONField(_("names on that day"), default=dict, editable=False)

    objects: ClassVar[Any] = EffectQuerySet.as_manager()

    # Nothing changes, and whoever does not decide on it need not know that it was asked.
    HIDDEN: ClassVar = (Kind.DECLINE, Kind.KEEP)
    NEEDS_STATUS: ClassVar = (Kind.ADMIT, Kind.CHANGE)
    NEEDS_OTHER: ClassVar = (Kind.CONTINUE, Kind.MERGE, Kind.SPLIT)

    class Meta:
        ordering: ClassVar = ["decision", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "position"], name="effect_has_a_place"),
        ]
        verbose_name = _("effect of a decision")
        verbose_name_plural = _("effects of decisions")

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"

    def clean(self) -> None:
        """Each kind has what it needs, and all of it belongs to the one federation."""
        wrong: dict[str, Any] = {}
        if self.kind in self.NEEDS_STATUS and self.status is None:
            wrong["status"] = _("Choose the status.")
        if self.status and self.status.federation_id != self.decision.federation_id:
            wrong["status"] = _("This status belongs to another federation.")
        if self.kind in self.NEEDS_OTHER and self.other is None:
            wrong["other"] = _("Name the other organisation.")
        if self.other_id and self.other_id == self.organisation_id:
            wrong["other"] = _("An organisation cannot be its own other.")
        if self.kind == self.Kind.END and not self.reason:
            wrong["reason"] = _("Say why it ended.")
        if self.until and self.until <= self.on:
            wrong["until"] = _("It cannot end before it began.")
        if wrong:
            raise ValidationError(wrong)


class RegisterEntry(models.Model):
    """One link of the chain of a federation's decisions; see `directory.register`.

    `commitments` holds a fingerprint of every field of the decision and of its effects,
    so that a copy for the public can leave a field out and the chain still holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey(Federation, models.PROTECT, related_name="register")
    number = models.PositiveIntegerField()
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="entry")
    secret = models.CharField(max_length=64, editable=False)
    commitments = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[Any] = PublicOfFederation.as_manager()

    class Meta:
        ordering: ClassVar = ["federation", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["federation", "number"], name="register_has_one_line"),
        ]
        verbose_name = _("entry of the register")
        verbose_name_plural = _("entries of the register")

    def __str__(self) -> str:
        return f"{self.federation_id} {self.number}"
