"""The seats of a federation's bodies, and which organisation holds each from which day.

A congress gives the secretariat to an organisation for a term, and the next one to another:
a seat is an organisation's, the persons who work there hold offices of their own
(`federation.models.Office`). `directory.seating` is the door.
"""

import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from directory.models.affiliations import AsAt
from directory.models.decisions import Body, Decision, PublicOfFederation, Source
from directory.models.organisations import Organisation
from federation.models import Federation, Status, plausible_date
from federation.scopes import ScopedQuerySet
from federation.texts import Text, TextsField, in_language


class Seat(models.Model):
    """A place in a body that an organisation holds for a term."""

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="seats", verbose_name=_("federation")
    )
    body = models.CharField(
        _("body"), max_length=20, choices=Body, default=Body.SECRETARIAT,
        help_text=_("The body that whoever holds the seat acts as."),
    )  # fmt: skip
    titles = TextsField(
        _("name"), area=False,
        help_text=_("Where the federation calls it otherwise than the list does."),
    )  # fmt: skip
    descriptions = TextsField(_("what it is there for"))
    is_one = models.BooleanField(
        _("one organisation at a time"), default=True,
        help_text=_("Not so for a committee that several organisations sit on."),
    )  # fmt: skip
    statuses = models.ManyToManyField(
        Status, blank=True,
        related_name="+", verbose_name=_("statuses that may hold it"),
        help_text=_("None chosen: any organisation of the federation may."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    history = HistoricalRecords()

    objects: ClassVar[Any] = PublicOfFederation.as_manager()

    class Meta:
        ordering: ClassVar = ["federation", "position", "pk"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Text:
        named = in_language(self.titles, original=self.federation.language)
        return named or Text(str(self.get_body_display()), "")

    @property
    def description(self) -> Text:
        return in_language(self.descriptions, original=self.federation.language)


class TermQuerySet(ScopedQuerySet["Term"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody may know who holds a seat, unless the organisation is in danger or unlisted.

        A seat leads to where people work: of a shielded organisation it is withdrawn, too.
        """
        published = Organisation.Visibility.PUBLISHED
        public = Q(organisation__visibility=published, is_void=False)
        return self.filter(public | Q(seat__federation__in=Federation.objects.managed_by(user)))

    def managed_by(self, user: Any) -> Self:
        return self.filter(seat__federation__in=Federation.objects.managed_by(user))

    def standing(self) -> Self:
        """Without those that a correction took back."""
        return self.filter(is_void=False)

    def on(self, day: datetime.date) -> Self:
        """Held on that day, or nobody knows since when: the page says which."""
        begun = Q(since=None) | Q(since__lte=day)
        return self.standing().filter(begun, Q(until=None) | Q(until__gt=day))


class Term(models.Model):
    """An organisation holds a seat; `until` is the first day on which it no longer does."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="terms", verbose_name=_("seat"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="terms", verbose_name=_("organisation")
    )
    since = models.DateField(_("since"), null=True, blank=True, validators=[plausible_date])
    until = models.DateField(_("until"), null=True, blank=True, validators=[plausible_date])
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="terms_begun",
        verbose_name=_("given by"),
    )  # fmt: skip
    end_decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="terms_ended",
        verbose_name=_("ended by"),
    )  # fmt: skip
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="terms",
        verbose_name=_("source"),
    )  # fmt: skip
    is_void = models.BooleanField(_("taken back by a correction"), default=False, editable=False)
    void_reason = models.CharField(_("what was wrong"), max_length=300, blank=True)
    history = HistoricalRecords()

    objects: ClassVar[Any] = TermQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["seat", F("since").desc(nulls_last=True), "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gt=F("since")),
                name="term_ends_after_start",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=False) | Q(source__isnull=False),
                name="term_rests_on_something",
                violation_error_message=_("Name the decision that gave it, or a source."),
            ),
        ]
        verbose_name = pgettext_lazy("of a seat", "term")
        verbose_name_plural = pgettext_lazy("of a seat", "terms")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.seat}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Organisation.objects.filter(pk=self.organisation_id).touch()

    def clean(self) -> None:
        for name in ("decision", "end_decision", "source"):
            record = getattr(self, name)
            if record and record.federation_id != self.seat.federation_id:
                raise ValidationError({name: _("This was recorded by another federation.")})
        if self.decision is None and self.source is None:
            raise ValidationError({"decision": _("Name the decision that gave it, or a source.")})

    @property
    def begins(self) -> datetime.date:
        """Since when it certainly ran: if the beginning is not known, since it is vouched for."""
        vouched = [self.source.as_of] if self.source else []
        vouched += [self.decision.decided_on] if self.decision else []
        return self.since or min(vouched)

    @property
    def is_to_come(self) -> bool:
        return self.begins > timezone.localdate()

    def answer(self, day: datetime.date) -> AsAt:
        """Whether it ran on that day."""
        if self.is_void or (self.until and self.until <= day):
            return AsAt.NO
        if self.begins <= day:
            return AsAt.YES
        return AsAt.NO if self.since else AsAt.UNKNOWN
