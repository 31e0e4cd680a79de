"""Federations, the statuses each of them gives, and the dated offices from which rights come."""

import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from federation.models.fields import LanguageField, PartialDateField, web_url
from federation.scopes import ScopedQuerySet, is_operator, is_somebody
from federation.texts import Text, TextsField, in_language


class FederationQuerySet(ScopedQuerySet["Federation"]):
    def visible_to(self, user: Any) -> Self:
        return self.all()

    def managed_by(self, user: Any) -> Self:
        return self.all() if is_operator(user) else self.coordinated_by(user)

    def coordinated_by(self, user: Any) -> Self:
        """By office alone: what an operator does not get, such as what applicants write."""
        return self.filter(pk__in=Office.objects.current().held_by(user).values("federation"))


class Federation(models.Model):
    """A body that organisations affiliate to: an international, a network, or one in formation."""

    class Kind(models.TextChoices):
        INTERNATIONAL = "international", pgettext_lazy("kind of federation", "international")
        NETWORK = "network", pgettext_lazy("kind of federation", "network")
        NATIONAL = "national", _("national federation")
        IN_FORMATION = "in_formation", _("in formation")

    class Scope(models.TextChoices):
        LOCAL = "local", pgettext_lazy("geographic scope", "local")
        REGIONAL = "regional", pgettext_lazy("geographic scope", "regional")
        NATIONAL = "national", pgettext_lazy("geographic scope", "national")
        INTERNATIONAL = "international", pgettext_lazy("geographic scope", "international")

    class PersonsJoin(models.TextChoices):
        MEMBERS = "members", _("by joining one of its organisations")
        HOST = "host", _("by joining its host organisation")

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    names = TextsField(_("name"), area=False, blank=False)
    acronym = models.CharField(_("acronym"), max_length=20, blank=True)
    language = LanguageField(_("language of the original texts"), default="en")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    purposes = TextsField(_("purpose"))
    principles = TextsField(_("principles"), help_text=_("One in each line."))
    scope = models.CharField(_("geographic scope"), max_length=20, choices=Scope)
    areas = TextsField(_("area"), area=False, help_text=_("For example: North America."))
    subjects = TextsField(_("subject headings"), area=False)
    website = models.URLField(_("website"), max_length=500, blank=True, validators=[web_url])
    founded = PartialDateField(_("founded"))
    dissolved = PartialDateField(_("dissolved"))
    persons_join = models.CharField(
        _("how persons join"), max_length=20, choices=PersonsJoin, default=PersonsJoin.MEMBERS
    )
    guidance = TextsField(
        _("how to affiliate"), help_text=_("What an organisation should know before it asks.")
    )
    is_fictional = models.BooleanField(_("invented for demonstration"), default=False)
    history = HistoricalRecords()

    objects: ClassVar[Any] = FederationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["slug"]
        verbose_name = _("federation")
        verbose_name_plural = _("federations")

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("directory:federation_detail", args=[self.slug])

    @property
    def name(self) -> Text:
        return in_language(self.names, original=self.language)

    @property
    def purpose(self) -> Text:
        return in_language(self.purposes, original=self.language)

    @property
    def area(self) -> Text:
        return in_language(self.areas, original=self.language)

    @property
    def how_to_affiliate(self) -> Text:
        return in_language(self.guidance, original=self.language)

    @property
    def principle_list(self) -> list[Text]:
        text = in_language(self.principles, original=self.language)
        return [
            Text(line.strip(), text.language) for line in text.value.splitlines() if line.strip()
        ]


class StatusQuerySet(ScopedQuerySet["Status"]):
    def visible_to(self, user: Any) -> Self:
        return self.all()

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.managed_by(user))

    def open_to_requests(self) -> Self:
        return self.filter(is_open_to_requests=True)


class Status(models.Model):
    """What an organisation may be within one federation, and what that entitles it to.

    A right is yes, no, or empty where the federation's texts do not say.
    """

    class Kind(models.TextChoices):
        SECTION = "section", _("section")
        FRIEND = "friend", _("friend")
        OBSERVER = "observer", _("observer")

    RIGHTS: ClassVar = (
        "votes",
        "speaks",
        "proposes",
        "sends_delegates",
        "sends_observers",
        "hosts",
        "holds_secretariat",
        "uses_name",
    )

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="statuses", verbose_name=_("federation")
    )
    slug = models.SlugField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    labels = TextsField(_("name"), area=False, blank=False)
    plurals = TextsField(_("name of several"), area=False)
    descriptions = TextsField(_("what it means"))
    votes = models.BooleanField(_("votes at congresses"), null=True, blank=True)
    speaks = models.BooleanField(_("speaks at congresses"), null=True, blank=True)
    proposes = models.BooleanField(_("puts motions"), null=True, blank=True)
    sends_delegates = models.BooleanField(_("sends delegates"), null=True, blank=True)
    sends_observers = models.BooleanField(_("sends observers"), null=True, blank=True)
    hosts = models.BooleanField(_("hosts congresses"), null=True, blank=True)
    holds_secretariat = models.BooleanField(_("may hold the secretariat"), null=True, blank=True)
    uses_name = models.BooleanField(_("uses the federation's name"), null=True, blank=True)
    is_listed_publicly = models.BooleanField(_("is listed publicly"), default=True)
    is_one_per_country = models.BooleanField(_("one for each country"), default=False)
    is_open_to_requests = models.BooleanField(_("organisations may ask for it"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    history = HistoricalRecords()

    objects: ClassVar[Any] = StatusQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["federation", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["federation", "slug"], name="status_slug_once"),
        ]
        verbose_name = _("status")
        verbose_name_plural = _("statuses")

    def __str__(self) -> str:
        return f"{self.label} ({self.federation.acronym or self.federation})"

    @property
    def label(self) -> Text:
        return in_language(self.labels, original=self.federation.language)

    @property
    def plural(self) -> Text:
        return in_language(self.plurals, original=self.federation.language) or self.label

    @property
    def description(self) -> Text:
        return in_language(self.descriptions, original=self.federation.language)

    @property
    def rights(self) -> list[tuple[str, bool | None]]:
        """Each right in words, with yes, no, or None where the federation does not say."""
        fields: list[Any] = [self._meta.get_field(name) for name in self.RIGHTS]
        return [(str(field.verbose_name), getattr(self, field.name)) for field in fields]


# --- offices --------------------------------------------------------------------------------


class OfficeQuerySet(ScopedQuerySet[Any]):
    """Dated roles. Rights read `current()` only: they end with the office."""

    def current(self, on: datetime.date | None = None) -> Self:
        day = on or timezone.localdate()
        running = Q(until=None) | Q(until__gt=day)
        return self.filter(running, since__lte=day, is_suspended=False)

    def held_by(self, user: Any) -> Self:
        return self.filter(person=user) if is_somebody(user) else self.none()


class OfficeBase(models.Model):
    """A role of a person from one day until another; `until` is the first day without it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    is_suspended = models.BooleanField(_("suspended"), default=False)
    appointed_by = models.CharField(
        _("appointed by"), max_length=200, blank=True, help_text=_("The body, not a person.")
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="%(class)s_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        role = self.get_role_display()  # type: ignore[attr-defined]
        day = date_format(self.since, "DATE_FORMAT")
        return gettext("%(office)s since %(day)s") % {"office": role, "day": day}


class FederationOfficeQuerySet(OfficeQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.managed_by(user))


class Office(OfficeBase):
    """An office of a federation. Offices of organisations stand in the directory."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")

    federation = models.ForeignKey(
        Federation, models.CASCADE, related_name="offices", verbose_name=_("federation")
    )
    role = models.CharField(_("office"), max_length=20, choices=Role, default=Role.COORDINATOR)

    objects: ClassVar[Any] = FederationOfficeQuerySet.as_manager()

    class Meta(OfficeBase.Meta):
        abstract = False
        verbose_name = _("office")
        verbose_name_plural = _("offices")
