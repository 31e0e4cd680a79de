"""A federation's own procedure for one of its statuses: what it asks, whom it hears, who decides.

A version that was in force never changes; changing it makes the next version. A request
keeps the one it began under.
"""

import datetime
import uuid
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directory.models import Body, Organisation
from federation.models import Federation, Status
from federation.scopes import ScopedQuerySet
from federation.texts import Text, TextsField, in_language

YEAR = 366


def _all_kinds() -> list[str]:
    return list(Organisation.Kind.values)


def _all_bodies() -> list[str]:
    return list(Body.values)


class Asked(models.TextChoices):
    """Whether a common question is part of the application."""

    NO = "no", _("not asked")
    OPTIONAL = "optional", _("asked, may stay open")
    REQUIRED = "required", _("must be answered")


class ProcedureQuerySet(ScopedQuerySet["Procedure"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever asks may know the rules that are or were in force."""
        mine = Q(federation__in=Federation.objects.managed_by(user))
        return self.filter(~Q(state=Procedure.State.DRAFT) | mine)

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.coordinated_by(user))

    def in_force(self, at: datetime.datetime | None = None) -> Self:
        """Now, or at that moment."""
        if at is None:
            return self.filter(state=Procedure.State.IN_FORCE)
        lasted = Q(retired_at=None) | Q(retired_at__gt=at)
        return self.filter(lasted, published_at__lte=at)

    def next_version(self, status: Status) -> int:
        last: int | None = self.model.objects.filter(status=status).aggregate(
            last=models.Max("version")
        )["last"]
        return (last or 0) + 1

    def of_status(self, status: Status) -> "Procedure":
        """The one in force; for a federation that wrote none, the plainest: somebody decides."""
        found = self.in_force().filter(status=status).first()
        if found is None:
            try:
                with transaction.atomic():
                    return self.create(
                        federation_id=status.federation_id,
                        status=status,
                        version=self.next_version(status),
                        state=Procedure.State.IN_FORCE,
                        published_at=timezone.now(),
                    )
            except IntegrityError:  # somebody else has just made it
                found = self.in_force().get(status=status)
        return found


class Procedure(models.Model):
    """How one federation decides on requests for one status. All of it is data.

    `body` empty means that the federation's texts do not say which body decides.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        RETIRED = "retired", _("replaced")

    class Consulted(models.TextChoices):
        NONE = "none", _("nobody")
        ALL = "all", _("all sections")
        COUNTRY = "country", _("the sections of the same country")
        REGION = "region", _("the sections of the same region of the world")

    class Majority(models.TextChoices):
        SIMPLE = "simple", _("more for than against")
        ABSOLUTE = "absolute", _("more than half")
        TWO_THIRDS = "two_thirds", _("two thirds")
        THREE_QUARTERS = "three_quarters", _("three quarters")
        UNANIMOUS = "unanimous", _("nobody against")

    class Silence(models.TextChoices):
        NOTHING = "nothing", _("counts for neither side")
        FOR = "for", _("counts as agreement")
        AGAINST = "against", _("counts as refusal")

    class Effective(models.TextChoices):
        DECISION = "decision", _("on the day of the decision")
        CHOSEN = "chosen", _("on a day that the body names")
        MONTH = "month", _("on the first day of the next month")
        YEAR = "year", _("on the first day of the next year")

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="procedures", verbose_name=_("federation")
    )
    status = models.ForeignKey(
        Status, models.PROTECT, related_name="procedures", verbose_name=_("status asked for")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    # --- who may ask, and what is asked
    open_to = models.JSONField(_("who may ask"), default=_all_kinds)
    asks_members = models.CharField(
        _("number of members"), max_length=10, choices=Asked, default=Asked.OPTIONAL
    )
    asks_affiliations = models.CharField(
        _("other affiliations"), max_length=10, choices=Asked, default=Asked.OPTIONAL
    )
    asks_documents = models.CharField(
        _("documents"), max_length=10, choices=Asked, default=Asked.OPTIONAL
    )
    documents = TextsField(_("which documents"), help_text=_("For example: the statutes."))
    statements = TextsField(
        _("statement that is agreed to"),
        help_text=_("Left empty, the applicant agrees with the aims of the federation."),
    )
    guidance = TextsField(_("what to know before asking"))
    sponsors = models.PositiveSmallIntegerField(
        _("sponsors needed"), default=0, validators=[MaxValueValidator(20)]
    )
    # --- who is heard
    consulted = models.CharField(
        _("who is consulted"), max_length=10, choices=Consulted, default=Consulted.NONE
    )
    consultation_days = models.PositiveSmallIntegerField(
        _("days to reply"), default=56, validators=[MinValueValidator(1), MaxValueValidator(YEAR)]
    )
    quorum = models.PositiveSmallIntegerField(
        _("quorum in per cent"), default=0, validators=[MaxValueValidator(100)]
    )
    majority = models.CharField(
        _("majority"), max_length=15, choices=Majority, default=Majority.SIMPLE
    )
    abstentions_count = models.BooleanField(_("abstentions count in the total"), default=False)
    silence = models.CharField(
        _("no reply"), max_length=10, choices=Silence, default=Silence.NOTHING
    )
    objection_blocks = models.BooleanField(_("one objection blocks"), default=False)
    is_binding = models.BooleanField(_("the result binds the body that decides"), default=False)
    publishes_replies = models.BooleanField(_("the applicant sees who said what"), default=False)
    # --- who decides
    body = models.CharField(_("who decides"), max_length=20, choices=Body, blank=True)
    defers_to = models.JSONField(_("may be put off to"), default=_all_bodies)
    effective = models.CharField(
        _("the status begins"), max_length=10, choices=Effective, default=Effective.CHOSEN
    )
    needs_second = models.BooleanField(_("a second person confirms"), default=False)
    waiver_body = models.CharField(
        _("who may admit a second one in a country"), max_length=20, choices=Body, blank=True
    )
    # --- terms
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer a question"), default=30,
        validators=[MinValueValidator(1), MaxValueValidator(YEAR)],
    )  # fmt: skip
    lapses = models.BooleanField(_("without an answer the request lapses"), default=False)
    decision_days = models.PositiveSmallIntegerField(
        _("days until it is decided"), default=90,
        validators=[MinValueValidator(1), MaxValueValidator(5 * YEAR)],
        help_text=_("What applicants are told, and what the desk warns of. No rule follows."),
    )  # fmt: skip
    appeal_body = models.CharField(
        _("who decides on an appeal"), max_length=20, choices=Body, blank=True
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"), default=60, validators=[MinValueValidator(1), MaxValueValidator(YEAR)]
    )
    change_note = models.CharField(_("what changed"), max_length=300, blank=True)
    source = models.CharField(
        _("where the rule stands"), max_length=300, blank=True,
        help_text=_("For example: statutes of 2022, article 9."),
    )  # fmt: skip
    written_by = models.UUIDField(null=True, editable=False)
    published_at = models.DateTimeField(_("in force since"), null=True, editable=False)
    retired_at = models.DateTimeField(_("replaced"), null=True, editable=False)

    objects: ClassVar[Any] = ProcedureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["federation", "status", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["status", "version"], name="procedure_version_once"),
            models.UniqueConstraint(
                fields=["status"], condition=Q(state="in_force"), name="procedure_in_force_once"
            ),
            models.UniqueConstraint(
                fields=["status"], condition=Q(state="draft"), name="procedure_draft_once"
            ),
        ]
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")

    def __str__(self) -> str:
        return f"{self.status} {self.version}"

    def _text(self, texts: dict[str, str]) -> Text:
        return in_language(texts, original=self.federation.language)

    @property
    def statement(self) -> Text:
        return self._text(self.statements)

    @property
    def what_to_know(self) -> Text:
        return self._text(self.guidance)

    @property
    def which_documents(self) -> Text:
        return self._text(self.documents)


class QuestionQuerySet(ScopedQuerySet["Question"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(procedure__in=Procedure.objects.visible_to(user))

    def managed_by(self, user: Any) -> Self:
        return self.filter(procedure__in=Procedure.objects.managed_by(user))


class Question(models.Model):
    """One question of a federation's own. `key` is the name of its answer."""

    class Kind(models.TextChoices):
        LINE = "line", _("one line")
        TEXT = "text", _("several lines")
        NUMBER = "number", pgettext_lazy("kind of question", "a number")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of several")
        CHOICES = "choices", _("any of several")
        DAY = "day", _("a day")
        WEB = "web", _("a web address")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="questions", verbose_name=_("procedure")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    key = models.SlugField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    labels = TextsField(_("question"), area=False, blank=False)
    helps = TextsField(_("help"))
    options = TextsField(_("answers to choose from"), help_text=_("One in each line."))
    is_required = models.BooleanField(_("must be answered"), default=False)
    is_for_sections = models.BooleanField(
        _("the sections that are consulted read the answer"), default=False
    )

    objects: ClassVar[Any] = QuestionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["procedure", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "key"], name="question_key_once"),
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> Text:
        return in_language(self.labels, original=self.procedure.federation.language)

    @property
    def help(self) -> Text:
        return in_language(self.helps, original=self.procedure.federation.language)
