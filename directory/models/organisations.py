"""An organisation: a union, initiative, local, group or network. It exists on its own."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.folding import fold, latin, search_text
from federation.models import Federation, PartialDateField, plausible_date, web_url
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet, is_operator
from federation.texts import Text, TextsField, in_language

TRIES = 4  # for an address that is free


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
        return self.filter(
            Q(visibility__in=Organisation.OPEN)
            | Q(pk__in=self.model.objects.managed_by(user).values("pk"))
        )

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
        """Every word of the query, folded, in any name or the place, in any script."""
        folded = fold(words).split()
        # Signs alone find nothing, rather than everything.
        found = self.none() if words.strip() and not folded else self
        for word in folded:
            found = found.filter(search__contains=word)
        return found


class Organisation(models.Model):
    """Name and address of something that may affiliate. Persons are never part of it."""

    class Kind(models.TextChoices):
        UNION = "union", _("union")
        CONFEDERATION = "confederation", _("confederation of unions")
        LOCAL = "local", _("local")
        INITIATIVE = "initiative", _("union initiative")
        GROUP = "group", _("group")
        NETWORK = "network", _("network")

    class Visibility(models.TextChoices):
        PROPOSED = "proposed", _("not yet public")
        PUBLISHED = "published", _("published")
        UNLISTED = "unlisted", _("by its address only")
        SHIELDED = "shielded", _("shielded: contacts and place withdrawn")

    OPEN: ClassVar = (Visibility.PUBLISHED, Visibility.UNLISTED, Visibility.SHIELDED)
    LISTED: ClassVar = (Visibility.PUBLISHED, Visibility.SHIELDED)

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
    is_fictional = models.BooleanField(_("invented for demonstration"), default=False)
    sort_name = models.CharField(max_length=400, editable=False)
    search = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["sort_name", "search"])

    objects: ClassVar[Any] = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["sort_name", "pk"]
        indexes: ClassVar = [models.Index(fields=["sort_name", "id"], name="organisation_order")]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = fold(self.name)[:400]
        self.search = self._search_text()
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

    def _search_text(self) -> str:
        names = [] if self._state.adding else list(self.names.values_list("value", flat=True))
        # A search for the town must not find what the page no longer tells.
        return search_text(self.name, *names, "" if self.is_shielded else self.city)

    def find_by_names(self) -> None:
        """Take the further names, as they now are, into the search text, and write nothing else."""
        rows = type(self).objects.filter(pk=self.pk)
        self.search = rows.get()._search_text()
        rows.update(search=self.search, changed_at=timezone.now())

    @property
    def description(self) -> Text:
        return in_language(self.descriptions, original=self.language)

    @property
    def is_shielded(self) -> bool:
        return self.visibility == self.Visibility.SHIELDED


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
        taken = set(cls.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        number, slug = 1, stem
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        return slug
