"""The texts a federation gives itself, version by version: statutes, principles, rules.

A version holds from its day until the next one of the same kind does; nothing stores which one
is "current". Each stands in one language or several, and says which of them was adopted.
"""

import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models.decisions import Decision, PublicOfFederation, Source
from federation.models import Federation, StoredFile, plausible_date
from federation.models.fields import LanguageField
from federation.scopes import ScopedQuerySet
from federation.texts import Text, TextsField, in_language


class StatutesQuerySet(PublicOfFederation):
    def whole(self) -> Self:
        """With what they rest on and the languages they stand in, without the words."""
        languages = StatutesText.objects.only("statutes", "language").order_by("language")
        rests_on = ("federation", "decision__entry", "source")
        return self.select_related(*rests_on).prefetch_related(
            models.Prefetch("words", queryset=languages, to_attr="in_languages")
        )


class Statutes(models.Model):
    """One version of one of a federation's own texts."""

    class Kind(models.TextChoices):
        STATUTES = "statutes", _("statutes")
        PRINCIPLES = "principles", _("statement of principles")
        RULES = "rules", _("rules of procedure")
        CALL = "call", _("call or agreement")

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="statutes", verbose_name=_("federation")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.STATUTES)
    titles = TextsField(_("title"), area=False, blank=False)
    language = LanguageField(_("language it was adopted in"))
    since = models.DateField(
        _("in force since"), null=True, blank=True, validators=[plausible_date],
        help_text=_("Left empty where nobody knows."),
    )  # fmt: skip
    changes = TextsField(_("what changed"))
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="statutes",
        verbose_name=_("adopted by"),
    )  # fmt: skip
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="statutes",
        verbose_name=_("source"),
    )  # fmt: skip
    history = HistoricalRecords()

    objects: ClassVar[Any] = StatutesQuerySet.as_manager()

    in_languages: "list[StatutesText]"  # of a row that was read whole

    class Meta:
        ordering: ClassVar = ["federation", "kind", F("since").desc(nulls_last=True), "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["federation", "kind", "since"], name="statutes_once_a_day",
                violation_error_message=_("Another version holds from that day already."),
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=False) | Q(source__isnull=False),
                name="statutes_rest_on_something",
                violation_error_message=_("Name the decision that adopted it, or a source."),
            ),
        ]  # fmt: skip
        verbose_name = _("version of the statutes")
        verbose_name_plural = _("statutes and rules")

    def __str__(self) -> str:
        if self.since is None:
            return str(self.title)
        return f"{self.title} ({date_format(self.since, 'DATE_FORMAT')})"

    def get_absolute_url(self) -> str:
        return reverse("directory:statutes_detail", args=[self.federation.slug, self.pk])

    def clean(self) -> None:
        """All of it belongs to the one federation, and no other version begins on its day."""
        wrong: dict[str, Any] = {}
        if self.decision and self.decision.federation_id != self.federation_id:
            wrong["decision"] = _("This was recorded by another federation.")
        if self.source and self.source.federation_id != self.federation_id:
            wrong["source"] = _("This was recorded by another federation.")
        same = Statutes.objects.filter(federation=self.federation_id, kind=self.kind)
        if self.since and same.filter(since=self.since).exclude(pk=self.pk).exists():
            wrong["since"] = _("Another version holds from that day already.")
        if wrong:
            raise ValidationError(wrong)

    @property
    def title(self) -> Text:
        return in_language(self.titles, original=self.language)

    @property
    def known_by(self) -> datetime.date:
        """The day since which it holds, else one on which it is known to have held."""
        if self.since:
            return self.since
        if self.source:
            return self.source.as_of
        return self.decision.decided_on  # type: ignore[union-attr]  # it rests on one of them

    @property
    def languages(self) -> list[str]:
        """The one it was adopted in, if it stands in that, and then the others."""
        found = [words.language for words in self.in_languages]
        return sorted(found, key=lambda code: (code != self.language, code))


class StatutesTextQuerySet(ScopedQuerySet["StatutesText"]):
    def visible_to(self, user: Any) -> Self:
        return self.all()

    def managed_by(self, user: Any) -> Self:
        return self.filter(statutes__in=Statutes.objects.managed_by(user))


class StatutesText(models.Model):
    """The words of a version in one language: as adopted, or translated from that."""

    statutes = models.ForeignKey(
        Statutes, models.CASCADE, related_name="words", verbose_name=_("version")
    )
    language = LanguageField(_("language"))
    text = models.TextField(_("text"), blank=True, max_length=200_000)
    document = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("document"),
    )  # fmt: skip
    history = HistoricalRecords()

    objects: ClassVar[Any] = StatutesTextQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["statutes", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statutes", "language"], name="statutes_once_a_language"
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(document__isnull=False),
                name="statutes_have_words",
                violation_error_message=_("Write the text or add the document."),
            ),
        ]
        verbose_name = _("text in a language")
        verbose_name_plural = _("text in languages")

    def __str__(self) -> str:
        return f"{self.statutes} [{self.language}]"
