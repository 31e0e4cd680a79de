"""What belongs to an organisation: its names, countries, contacts, links and offices."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.countries import country_name
from directory.models.organisations import Industry, Organisation
from federation.models import plausible_date, web_url
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet
from federation.texts import direction


class DetailQuerySet(ScopedQuerySet[Any]):
    """A detail is seen and changed with its organisation."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def managed_by(self, user: Any) -> Self:
        return self.filter(organisation__in=Organisation.objects.managed_by(user))


class Detail(models.Model):
    """A row that belongs to an organisation; with it, what the organisation is found by changes."""

    organisation: Any

    objects: ClassVar[Any] = DetailQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.organisation.refresh()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        gone = super().delete(*args, **kwargs)
        self.organisation.refresh()
        return gone


def of_organisation(related_name: str) -> Any:
    return models.ForeignKey(Organisation, models.CASCADE, related_name=related_name)


class OrganisationName(Detail):
    """A further name: translated, an acronym, or one the organisation used to have."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        TRANSLATED = "translated", _("translated name")
        ACRONYM = "acronym", _("acronym")
        FORMER = "former", _("former name")

    organisation = of_organisation("names")
    value = models.CharField(_("name"), max_length=200)
    language = LanguageField(_("language"), blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    until = models.DateField(_("until"), null=True, blank=True, validators=[plausible_date])

    class Meta:
        ordering: ClassVar = ["organisation", "kind", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "value", "language", "kind"], name="name_once_in_a_kind"
            ),
        ]
        verbose_name = _("name")
        verbose_name_plural = _("names")

    def __str__(self) -> str:
        return self.value

    @property
    def direction(self) -> str:
        return direction(self.language)


class OrganisationCountry(Detail):
    """One of the countries an organisation is in; there may be none or several."""

    class Basis(models.TextChoices):
        STATED = "stated", _("stated by the source")
        IMPLIED = "implied", _("implied by the name")

    organisation = of_organisation("countries")
    code = models.CharField(_("country"), max_length=2)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis, default=Basis.STATED)

    class Meta:
        ordering: ClassVar = ["organisation", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "code"], name="country_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["code", "organisation"], name="by_country")]
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def name(self) -> str:
        return country_name(self.code)

    def clean(self) -> None:
        if country_name(self.code, "en") == self.code:
            raise ValidationError({"code": _("This is not an ISO 3166-1 country code.")})


class OrganisationLanguage(Detail):
    """A language the organisation works in."""

    organisation = of_organisation("languages")
    code = LanguageField(_("language"))

    class Meta:
        ordering: ClassVar = ["organisation", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "code"], name="language_once"),
        ]
        verbose_name = _("language")
        verbose_name_plural = _("languages")

    def __str__(self) -> str:
        return str(self.code)


class OrganisationIndustry(Detail):
    """An industry the organisation organises in."""

    organisation = of_organisation("industries")
    code = models.CharField(_("industry"), max_length=20, choices=Industry)

    class Meta:
        ordering: ClassVar = ["organisation", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "code"], name="industry_once"),
        ]
        verbose_name = _("industry")
        verbose_name_plural = _("industries")

    def __str__(self) -> str:
        return str(self.get_code_display())


class PublicContactQuerySet(DetailQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Contacts of a shielded organisation are for those who keep its record."""
        open_ones = super().visible_to(user)
        withdrawn = Q(organisation__visibility__in=Organisation.SHIELDS)
        return open_ones.filter(
            ~withdrawn | Q(pk__in=self.model.objects.managed_by(user).values("pk"))
        )


class PublicContact(Detail):
    """How the public reaches the organisation: a role mailbox, or somebody who agreed to it."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("telephone")
        POST = "post", _("postal address")
        WEB = "web", _("web page")

    organisation = of_organisation("contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("contact"), max_length=300)
    label = models.CharField(_("what for"), max_length=100, blank=True)
    is_role = models.BooleanField(_("belongs to a role, not to a person"), default=False)
    consent_on = models.DateField(
        _("consent of the person, on"), null=True, blank=True, validators=[plausible_date]
    )

    objects: ClassVar[Any] = PublicContactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_role=True) | Q(consent_on__isnull=False),
                name="contact_of_role_or_with_consent",
                violation_error_message=_(
                    "A public contact is a role's, or a person's who agreed on a recorded day."
                ),
            ),
        ]
        verbose_name = _("public contact")
        verbose_name_plural = _("public contacts")

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        if self.kind == self.Kind.WEB:
            web_url(self.value)
        elif self.kind == self.Kind.EMAIL:
            validate_email(self.value)


class OrganisationSite(Detail):
    """A further site of the organisation, its news feed, or its place in a social network."""

    class Kind(models.TextChoices):
        SITE = "site", _("website")
        FEED = "feed", _("news feed")
        SOCIAL = "social", _("social network")

    organisation = of_organisation("sites")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SITE)
    url = models.URLField(_("web address"), max_length=500, validators=[web_url])
    language = LanguageField(_("language"), blank=True)

    class Meta:
        ordering: ClassVar = ["organisation", "kind", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "url"], name="site_once"),
        ]
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.url


class Identifier(Detail):
    """What the organisation is called in another register, such as Wikidata."""

    organisation = of_organisation("identifiers")
    scheme = models.SlugField(_("register"), max_length=30)
    value = models.CharField(_("identifier"), max_length=200)

    class Meta:
        ordering: ClassVar = ["organisation", "scheme"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "scheme", "value"], name="identifier_once"
            ),
        ]
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class OrganisationLink(Detail):
    """A dated bond between two organisations: part of, succeeds, merged into, split from."""

    class Kind(models.TextChoices):
        PART_OF = "part_of", _("is part of")
        SUCCEEDS = "succeeds", _("continues")
        MERGED_INTO = "merged_into", _("merged into")
        SPLIT_FROM = "split_from", _("split from")

    organisation = of_organisation("links")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    other = models.ForeignKey(
        Organisation, models.CASCADE, related_name="linked_from", verbose_name=_("organisation")
    )
    since = models.DateField(_("since"), null=True, blank=True, validators=[plausible_date])
    until = models.DateField(_("until"), null=True, blank=True, validators=[plausible_date])
    source = models.ForeignKey(
        "directory.Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )

    class Meta:
        ordering: ClassVar = ["organisation", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(organisation=F("other")), name="link_leads_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gt=F("since")),
                name="link_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
        ]
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.other_id}"
