"""An organisation: a union, initiative, local, group or network. It exists on its own."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from directory.folding import fold, latin, search_text, words_of
from directory.geography.places import names_of, point_of
from directory.searching import Search
from federation.models import Federation, PartialDateField, plausible_date, web_url
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet, is_operator, is_somebody
from federation.texts import Text, TextsField, in_language

TRIES = 4  # for an address that is free
RESERVED = ("map",)  # pages of ours that stand beside those of organisations
DERIVED = ["sort_name", "search", "facets", "main_country"]


class Industry(models.TextChoices):
    """Where the organised people work, in the sections of the ISIC classification, grouped."""

    AGRICULTURE = "agriculture", _("agriculture, forestry, fishing")
    MINING = "mining", _("mining and quarrying")
    MANUFACTURING = "manufacturing", _("manufacturing")
    ENERGY = "energy", _("energy and water")
    CONSTRUCTION = "construction", _("construction")
    TRADE = "trade", _("shops and trade")
    TRANSPORT = "transport", _("transport and logistics")
    HOSPITALITY = "hospitality", _("hotels and restaurants")
    MEDIA = "media", _("media, information and IT")
    FINANCE = "finance", _("finance and offices")
    CLEANING = "cleaning", _("cleaning and services to buildings")
    PUBLIC = "public", _("public administration")
    EDUCATION = "education", _("education and research")
    HEALTH = "health", _("health and care")
    CULTURE = "culture", _("arts and culture")
    DOMESTIC = "domestic", _("domestic work")
    HOUSING = "housing", _("tenants and housing")
    GENERAL = "general", _("all industries")


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    def visible_to(self, user: Any) -> Self:
        """What anybody may open by its address, and what this person manages."""
        public = Q(visibility__in=Organisation.OPEN)
        if not is_somebody(user):
            return self.filter(public)
        return self.filter(public | Q(pk__in=self.model.objects.managed_by(user).values("pk")))

    def listed(self) -> Self:
        """What stands in the public lists."""
        return self.filter(visibility__in=Organisation.LISTED)

    def managed_by(self, user: Any) -> Self:
        """Its own secretaries; coordinators, where it is in their federation and in no other.

        The bond must be in force and public, so that nobody takes over a record unseen. An
        operator repairs what is public, and does not read what was only proposed.
        """
        if is_operator(user):
            return self.exclude(visibility=Organisation.Visibility.PROPOSED)
        mine = Federation.objects.managed_by(user)
        bonds: Any = self.model._meta.get_field("affiliations").related_model._default_manager
        ours = bonds.in_force(timezone.localdate()).filter(
            federation__in=mine, status__is_listed_publicly=True
        )
        others = bonds.not_ended().exclude(federation__in=mine)
        return self.filter(
            Q(pk__in=self.kept_by(user).values("pk"))
            | Q(pk__in=ours.values("organisation")) & ~Q(pk__in=others.values("organisation"))
        )

    def with_secretary(self) -> Self:
        """Those that speak for themselves here: somebody holds the office of secretary."""
        offices: Any = self.model._meta.get_field("offices").related_model
        kept = offices.objects.current().filter(role__in=offices.KEEPERS)
        return self.filter(pk__in=kept.values("organisation"))

    def kept_by(self, user: Any) -> Self:
        """Organisations in which the person now holds the office of secretary."""
        offices: Any = self.model._meta.get_field("offices").related_model
        held = offices.objects.current().held_by(user).filter(role__in=offices.KEEPERS)
        return self.filter(pk__in=held.values("organisation"))

    def joinable(self) -> Self:
        """In the public lists, taking applications, with a secretary in office to read them."""
        return self.listed().with_secretary().filter(accepts_members=True, dissolved="")

    def found_by(self, words: str) -> Self:
        """Every word of the query in any name or the place, in any script, or as a country."""
        return self.filter(Search(words).condition)

    def touch(self) -> None:
        """Something that the public sees with them has changed."""
        self.update(changed_at=timezone.now())


class Organisation(models.Model):
    """Name and address of something that may affiliate. Persons are never part of it."""

    class Kind(models.TextChoices):
        UNION = "union", _("union")
        CONFEDERATION = "confederation", _("confederation of unions")
        LOCAL = "local", pgettext_lazy("kind of organisation", "local")
        INITIATIVE = "initiative", _("union initiative")
        GROUP = "group", _("group")
        NETWORK = "network", pgettext_lazy("kind of organisation", "network")
        CURRENT = "current", _("current inside a union")

    class Visibility(models.TextChoices):
        PROPOSED = "proposed", _("not yet public")
        PUBLISHED = "published", _("published")
        UNLISTED = "unlisted", _("by its address only")
        SHIELDED = "shielded", _("shielded: contacts and place withdrawn")
        WITHDRAWN = "withdrawn", _("shielded, by its address only")

    LISTED: ClassVar = (Visibility.PUBLISHED, Visibility.SHIELDED)
    SHIELDS: ClassVar = (Visibility.SHIELDED, Visibility.WITHDRAWN)
    OPEN: ClassVar = (Visibility.PUBLISHED, Visibility.UNLISTED, *SHIELDS)

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    language = LanguageField(_("language of the name and texts"), blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.UNION)
    city = models.CharField(_("town"), max_length=100, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip
    place_is_exact = models.BooleanField(
        _("publishes its exact place"), default=False,
        help_text=_("Otherwise the map shows no more than the town."),
    )  # fmt: skip
    descriptions = TextsField(_("description"))
    website = models.URLField(_("website"), max_length=500, blank=True, validators=[web_url])
    founded = PartialDateField(_("founded"))
    dissolved = PartialDateField(_("dissolved"))
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility, default=Visibility.PUBLISHED
    )
    accepts_members = models.BooleanField(_("takes applications of persons here"), default=False)
    verified_on = models.DateField(
        _("last confirmed"), null=True, blank=True, validators=[plausible_date]
    )
    asked_on = models.DateField(_("asked to confirm, on"), null=True, editable=False)
    is_fictional = models.BooleanField(_("invented for demonstration"), default=False)
    # Made of the other columns and of the details, by `derive`.
    sort_name = models.CharField(max_length=400, blank=True, editable=False)
    search = models.TextField(blank=True, editable=False)
    facets = models.CharField(max_length=2000, blank=True, editable=False)
    main_country = models.CharField(max_length=2, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=DERIVED)

    objects: ClassVar[Any] = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["sort_name", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["sort_name", "id"], name="organisation_order"),
            models.Index(
                fields=["main_country", "sort_name", "id"], name="organisation_by_country"
            ),
            models.Index(fields=["changed_at", "id"], name="organisation_by_change"),
        ]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._forget_the_point_of_another_town()
        self.derive()
        if self.slug:
            self._save(*args, **kwargs)
            return
        for attempt in range(TRIES):
            self.slug = Slug.free(self.name)
            try:
                self._save(*args, **kwargs)
                return
            except IntegrityError:
                # A namesake that is saved at the same moment took the address.
                self.slug = ""
                if attempt == TRIES - 1:
                    raise

    def get_absolute_url(self) -> str:
        return reverse("directory:organisation_detail", args=[self.slug])

    def _save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            Slug.objects.get_or_create(slug=self.slug, defaults={"organisation": self})

    def derive(self) -> None:
        """Make the columns for ordering, finding and counting anew from all that is stored."""
        names = [self.name]
        details: dict[str, list[str]] = {"countries": [], "languages": [], "industries": []}
        if not self._state.adding:
            names += self.names.values_list("value", flat=True)
            details = {
                name: list(getattr(self, name).order_by("code").values_list("code", flat=True))
                for name in details
            }
        # A search for the town must not find what the page no longer tells.
        places = [] if self.is_shielded else towns(self.city, details["countries"])
        self.sort_name = fold(self.name)[:400]
        self.search = search_text(names, places, details["countries"])
        self.facets = facets_of(self.kind, **details)
        self.main_country = next(iter(details["countries"]), "")
        self._come_no_nearer_than_the_town(details["countries"])
        SearchWord.learn(self.search)

    def _come_no_nearer_than_the_town(self, countries: Iterable[str]) -> None:
        """Store no more of the place than is published: the town's point, or a tenth of a degree.

        Whoever shows the point need not think of it then.
        """
        if self.place_is_exact:
            return
        point = point_of(self.city, countries) if self.city else None
        if point:
            self.latitude, self.longitude = (Decimal(str(angle)) for angle in point)
        elif self.latitude is not None and self.longitude is not None:
            self.latitude, self.longitude = (
                round(Decimal(str(angle)), 1) for angle in (self.latitude, self.longitude)
            )

    def _forget_the_point_of_another_town(self) -> None:
        """Who changes the town and not the point has moved away from it."""
        before = None
        if self.pk and self.latitude is not None:
            columns = ("city", "latitude", "longitude")
            before = type(self).objects.filter(pk=self.pk).values_list(*columns).first()
        if before and before[0] != self.city and before[1:] == (self.latitude, self.longitude):
            self.latitude = self.longitude = None

    def refresh(self) -> None:
        """Take changed details into the derived columns, and write nothing else."""
        rows = type(self).objects.filter(pk=self.pk)
        row = rows.get()
        row.derive()
        derived = {name: getattr(row, name) for name in (*DERIVED, "latitude", "longitude")}
        rows.update(**derived, changed_at=timezone.now())
        self.search = row.search

    @property
    def description(self) -> Text:
        return in_language(self.descriptions, original=self.language)

    @property
    def is_shielded(self) -> bool:
        return self.visibility in self.SHIELDS


def towns(city: str, countries: Iterable[str]) -> list[str]:
    """The town by all its names: Kyoto is found where 京都 is written."""
    return [city, *names_of(city, countries)] if city else []


def facets_of(
    kind: str, countries: Iterable[str], languages: Iterable[str], industries: Iterable[str]
) -> str:
    """The facts that a list is counted by, one `name=value` to a word, each between spaces."""
    pairs = [("kind", [kind]), ("country", countries), ("language", languages)]
    pairs.append(("industry", industries))
    words = [f"{name}={value}" for name, values in pairs for value in values]
    return f" {' '.join(words)} "


class SearchWord(models.Model):
    """A word that some name or place has, to guess what a misspelt one was meant to be.

    Never shown for itself, and never removed: a word that nothing public has any more finds
    nothing.
    """

    word = models.CharField(max_length=60, unique=True)

    objects: ClassVar[Any] = ScopedQuerySet["SearchWord"].as_manager()

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self) -> str:
        return self.word

    @classmethod
    def learn(cls, text: str) -> None:
        """Take up the words of a stored search text."""
        words = {word for word in words_of(text) if 4 <= len(word) <= 60}
        known = set(cls.objects.filter(word__in=words).values_list("word", flat=True))
        new = [cls(word=word) for word in sorted(words - known)]
        if new:
            cls.objects.bulk_create(new, ignore_conflicts=True)


class Slug(models.Model):
    """Every address an organisation ever had. Given once, so an old one redirects for ever."""

    slug = models.SlugField(max_length=80, unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="slugs")
    given_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = ScopedQuerySet["Slug"].as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def free(cls, name: str) -> str:
        """An address made of the name that no organisation has or ever had."""
        stem = slugify(latin(name))[:70].strip("-") or "organisation"
        if stem not in RESERVED and not cls.objects.filter(slug=stem).exists():
            return stem
        named = cls.objects.filter(slug__startswith=f"{stem}-")
        taken = set(named.values_list("slug", flat=True))
        number = 2
        while f"{stem}-{number}" in taken:
            number += 1
        return f"{stem}-{number}"
