"""The dated bond of an organisation to a federation, with its decision and its source.

A suspension is no end of it: the bond stands, and its rights rest.
"""

import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models.decisions import Decision, EndReason, Source
from directory.models.organisations import Organisation
from federation.models import Federation, Status, plausible_date
from federation.scopes import ScopedQuerySet, is_somebody


class AsAt(models.TextChoices):
    """The answer to “was it so on that day?”."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("not known")


# Conditions on a bond and a day; `AffiliationQuerySet.as_at` says what follows from them.


def _is_out(day: datetime.date) -> Q:
    """It had ended by that day, or began later."""
    return Q(until__lte=day) | Q(gone_on__lte=day) | Q(since__gt=day)


def _not_begun(day: datetime.date) -> Q:
    """Nobody vouches that it had begun."""
    return ~(Q(since__lte=day) | Q(since=None, seen_on__lte=day))


def _follows_another(day: datetime.date) -> Exists:
    """Another bond of the same two ends later than that day, so this one cannot have begun."""
    earlier = Affiliation.objects.standing().filter(
        ~Q(pk=OuterRef("pk")),
        organisation=OuterRef("organisation"),
        federation=OuterRef("federation"),
        begins__lte=OuterRef("begins"),
        until__gt=day,
    )
    return Exists(earlier)


class AffiliationQuerySet(ScopedQuerySet["Affiliation"]):
    def visible_to(self, user: Any) -> Self:
        public = Q(status__is_listed_publicly=True, is_void=False)
        if not is_somebody(user):
            return self.filter(public, organisation__visibility__in=Organisation.OPEN)
        return self.filter(
            public | Q(federation__in=Federation.objects.managed_by(user)),
            organisation__in=Organisation.objects.visible_to(user),
        )

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.managed_by(user))

    def standing(self) -> Self:
        """Without those that a correction took back."""
        return self.filter(is_void=False)

    def not_ended(self) -> Self:
        """In force now or from a later day on, as far as is known."""
        open_end = Q(until=None, gone_on=None) | Q(until__gt=timezone.localdate())
        return self.standing().filter(open_end)

    def as_at(self, day: datetime.date) -> Self:
        """Answer for each row whether it was in force on `day`: `answer` is an `AsAt`.

        A bond whose beginning is unknown is asserted from the day of its source; before
        that it is *not known*, unless another bond of the same two, ending later than
        `day`, shows that this one cannot have begun yet. A bond of which only the day is
        known by which it was gone is *not known* between its last attested day and that.
        """
        return self.annotate(
            answer=Case(
                When(_is_out(day), then=Value(AsAt.NO)),
                When(_not_begun(day) & _follows_another(day), then=Value(AsAt.NO)),
                When(_not_begun(day), then=Value(AsAt.UNKNOWN)),
                When(gone_on__isnull=False, begins__lt=day, then=Value(AsAt.UNKNOWN)),
                default=Value(AsAt.YES),
                output_field=models.CharField(),
            )
        )

    def in_force(self, day: datetime.date) -> Self:
        """Certainly in force on `day`."""
        return self.possible(day).filter(answer=AsAt.YES)

    def possible(self, day: datetime.date) -> Self:
        """In force on `day`, or not known; `answer` tells which."""
        return self.not_out(day).as_at(day)

    def not_out(self, day: datetime.date) -> Self:
        """Those of `possible` without the answer, for counting.

        Asked by the conditions and not by the answer, which no index could help with.
        """
        # Those that began later are out. Of the few that began on an unknown day some follow
        # another; asked of every row, that question would be slow.
        late = self.model.objects.filter(since=None, seen_on__gt=day).filter(_follows_another(day))
        candidates = self.standing().exclude(_is_out(day))
        return candidates.exclude(pk__in=late.order_by().values("pk"))

    def with_right(self, right: str, on: datetime.date) -> Self:
        """Bonds whose status carries the right (`votes`, `sends_observers` …), with `answer`.

        Of a suspended organisation the rights rest.
        """
        if right not in Status.RIGHTS:
            raise ValueError(f"{right} is not a right of a status")
        return self.possible(on).unsuspended(on).filter(**{f"status__{right}": True})

    def with_suspended(self, day: datetime.date) -> Self:
        """Each with `is_suspended`: whether the organisation was suspended there on that day."""
        return self.annotate(is_suspended=Exists(_resting(day)))

    def unsuspended(self, day: datetime.date) -> Self:
        """Without those of organisations that were suspended there on that day."""
        return self.with_suspended(day).filter(is_suspended=False)

    def with_rest(self, day: datetime.date) -> Self:
        """Each with `rests_since`: the day from which on it was suspended there, if it was."""
        return self.annotate(rests_since=Subquery(_resting(day).values("since")[:1]))


def _resting(day: datetime.date) -> "QuerySet[Suspension]":
    """The suspensions on that day that a row with an organisation and a federation is under."""
    found: QuerySet[Suspension] = Suspension.objects.on(day).filter(
        organisation=OuterRef("organisation"), federation=OuterRef("federation")
    )
    return found


class Affiliation(models.Model):
    """An organisation had a status in a federation, from one day until another.

    `since` and `until` are half-open and empty where not known. Where `since` is not
    known, `seen_on` is the day its source vouches for; where it ended on an unknown day,
    `gone_on` is a day by which it was over. The database keeps a second bond of the same
    two out of [`begins`, end), whoever writes.
    """

    EndReason = EndReason

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="affiliations", verbose_name=_("organisation")
    )
    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="affiliations", verbose_name=_("federation")
    )
    status = models.ForeignKey(
        Status, models.PROTECT, related_name="affiliations", verbose_name=_("status")
    )
    since = models.DateField(_("since"), null=True, blank=True, validators=[plausible_date])
    seen_on = models.DateField(
        _("known to be so on"), null=True, blank=True, validators=[plausible_date]
    )
    begins = models.GeneratedField(
        expression=Coalesce("since", "seen_on"), output_field=models.DateField(), db_persist=True
    )
    until = models.DateField(_("until"), null=True, blank=True, validators=[plausible_date])
    gone_on = models.DateField(
        _("known to be over on"), null=True, blank=True, validators=[plausible_date]
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="begun",
        verbose_name=_("decision"),
    )  # fmt: skip
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="affiliations", verbose_name=_("source")
    )
    end_reason = models.CharField(_("why it ended"), max_length=20, choices=EndReason, blank=True)
    end_decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="ended",
        verbose_name=_("decision to end it"),
    )  # fmt: skip
    end_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("source of the end"),
    )  # fmt: skip
    is_void = models.BooleanField(_("taken back by a correction"), default=False)
    void_note = models.CharField(_("why it was corrected"), max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by",
        verbose_name=_("corrects"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    history = HistoricalRecords(excluded_fields=["begins"])

    objects: ClassVar[Any] = AffiliationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-begins", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__isnull=False) | Q(seen_on__isnull=False),
                name="affiliation_begins_or_is_seen",
                violation_error_message=_("Give the day it began, or a day on which it was so."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(gone_on=None), name="affiliation_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("begins")),
                name="affiliation_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.CheckConstraint(
                condition=Q(gone_on=None) | Q(gone_on__gt=F("begins")),
                name="affiliation_is_gone_after_it_began",
                violation_error_message=_("It cannot be over before it began."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["federation", "status", "organisation"], name="affiliation_by_status"
            ),
            # Asked of one organisation; by federation alone SQLite would walk all bonds of it.
            models.Index(fields=["organisation", "federation"], name="affiliation_by_organisation"),
            models.Index(fields=["seen_on"], name="affiliation_seen", condition=Q(since=None)),
        ]
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")

    def __str__(self) -> str:
        return f"{self.organisation} – {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Organisation.objects.filter(pk=self.organisation_id).touch()

    def clean(self) -> None:
        if (
            self.status_id
            and self.federation_id
            and self.status.federation_id != self.federation_id
        ):
            raise ValidationError({"status": _("This status belongs to another federation.")})
        for name in ("decision", "end_decision", "source", "end_source"):
            record = getattr(self, name, None) if getattr(self, f"{name}_id") else None
            if record and record.federation_id != self.federation_id:
                raise ValidationError({name: _("This was recorded by another federation.")})
        if (self.until or self.gone_on) and not self.end_reason:
            raise ValidationError({"end_reason": _("Say why it ended.")})


# --- suspensions ----------------------------------------------------------------------------


class SuspensionQuerySet(ScopedQuerySet["Suspension"]):
    def visible_to(self, user: Any) -> Self:
        """Known where the bond is known."""
        bonds = Affiliation.objects.visible_to(user).filter(
            organisation=OuterRef("organisation"), federation=OuterRef("federation")
        )
        return self.filter(Exists(bonds))

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.managed_by(user))

    def standing(self) -> Self:
        """Without those that a correction took back."""
        return self.filter(is_void=False)

    def on(self, day: datetime.date) -> Self:
        """In force on `day`."""
        return self.standing().filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class Suspension(models.Model):
    """For a time the rights of an organisation in a federation rest; its bond stands.

    `until` is the first day without it, empty while nobody has decided on that.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="suspensions", verbose_name=_("organisation")
    )
    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="suspensions", verbose_name=_("federation")
    )
    since = models.DateField(_("since"), validators=[plausible_date])
    until = models.DateField(_("until"), null=True, blank=True, validators=[plausible_date])
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="suspended", verbose_name=_("decision")
    )
    end_decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="restored",
        verbose_name=_("decision to end it"),
    )  # fmt: skip
    is_void = models.BooleanField(_("taken back by a correction"), default=False)

    objects: ClassVar[Any] = SuspensionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="suspension_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "federation"],
                condition=Q(until=None, is_void=False),
                name="suspension_open_once",
                violation_error_message=_("The organisation is suspended already."),
            ),
        ]
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")

    def __str__(self) -> str:
        return f"suspension {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Organisation.objects.filter(pk=self.organisation_id).touch()
