"""The doors of procedures: drafts are written, one is published, what was in force stays.

A version that was in force never changes: these doors refuse, and so does the database.
What is done to the versions of one status happens one by one: the row of the status is locked.
"""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Body, Organisation
from directory.models.keepers import COORDINATOR, coordinators_in
from federation import audit
from federation.models import Federation, Status
from federation.states import Refused
from federation.texts import TextsField
from membership.models import Asked, Procedure, Question
from membership.procedures.words import diff, in_words, questions_of
from membership.seconding.rule import two_decide

Terms = dict[str, Any]

# What a version says, without where it stands in the row of versions.
ABOUT = ("id", "federation", "status", "version", "state", "published_at", "retired_at",
         "change_note", "written_by")  # fmt: skip
RULES = tuple(field.name for field in Procedure._meta.concrete_fields if field.name not in ABOUT)
ANOTHER = gettext_lazy("A coordinator who did not write it puts it in force.")
ASKS = ("key", "kind", "labels", "helps", "options", "is_required")


class Changed(Refused):
    """Somebody else has changed or published the draft; `now` is how it stands, if it stands."""

    def __init__(self, now: Procedure | None) -> None:
        super().__init__()
        self.message = _("Somebody else has changed this procedure. Nothing of yours was saved.")
        self.now = now


# --- drafts ---------------------------------------------------------------------------------


@transaction.atomic
def new_draft(procedure: Procedure, by: Any, example: Terms | None = None) -> Procedure:
    """The next version of the status, as a draft: a copy of this one, or begun from an example.

    `procedure` is not stored yet where the federation has written none.
    """
    status = _locked(procedure, by)
    if Procedure.objects.filter(status=status, state=Procedure.State.DRAFT).exists():
        raise ValidationError(_("There is a draft for this status already."))
    draft = Procedure(federation_id=status.federation_id, status=status)
    draft.version, draft.written_by = Procedure.objects.next_version(status), by.pk
    terms = example or {"rules": rules_of(procedure), "questions": asks_of(procedure)}
    _write(draft, terms["rules"], terms.get("questions", []))
    _note(draft, by, "draft")
    return draft


@transaction.atomic
def save_draft(
    draft: Procedure, by: Any, *, rules: Terms, questions: Iterable[Terms], seen: str
) -> Procedure:
    """Write the draft anew; refused if it is no longer as the person had it before their eyes."""
    _locked(draft, by)
    fresh = _fresh(draft)
    if mark(fresh) != seen:
        raise Changed(fresh)
    fresh.written_by = by.pk
    _write(fresh, rules, questions)
    _note(fresh, by, "save")
    return fresh


@transaction.atomic
def discard(draft: Procedure, by: Any) -> None:
    """Throw the draft away; what is in force stays so."""
    _locked(draft, by)
    fresh = _fresh(draft)
    _note(fresh, by, "discard")
    fresh.delete()


@transaction.atomic
def publish(
    draft: Procedure, by: Any, change_note: str = "", seen: str = "",
    since: datetime.datetime | None = None,
) -> Procedure:  # fmt: skip
    """Put the draft in force and retire the version before; requests that run keep theirs.

    `since` is when it came into force, if that was before it was written down here.
    """
    status = _locked(draft, by)
    fresh = _fresh(draft)
    if seen and mark(fresh) != seen:
        raise Changed(fresh)
    wrong = problems(fresh)
    if wrong:
        raise ValidationError(wrong)
    now, states = since or timezone.now(), Procedure.State
    rows = Procedure.objects.filter(status=status).exclude(pk=fresh.pk)
    if wants_another(fresh, by):
        raise ValidationError(str(ANOTHER))
    if rows.filter(version__gt=fresh.version).exists():  # somebody asked before there was any
        fresh.version = Procedure.objects.next_version(status)
    rows.filter(state=states.IN_FORCE).update(state=states.RETIRED, retired_at=now)
    fresh.state, fresh.published_at, fresh.change_note = states.IN_FORCE, now, change_note
    fresh.save()
    _note(fresh, by, "publish")
    return fresh


def wants_another(draft: Procedure, by: Any) -> bool:
    """Whether somebody else has to put the person's draft in force.

    Where two decide, one alone does not take that rule away.
    """
    return draft.written_by == by.pk and two_decide([draft.status_id])


def _locked(procedure: Procedure, by: Any) -> Status:
    """The status of the procedure, to whose versions nobody else does anything meanwhile."""
    status_id: int = procedure.status_id
    found: Status = Status.objects.select_for_update().get(pk=status_id)
    if not Federation.objects.coordinated_by(by).filter(pk=found.federation_id).exists():
        raise PermissionDenied
    return found


def _fresh(draft: Procedure) -> Procedure:
    """The draft as it is stored; whatever was in force is no draft."""
    rows = Procedure.objects.select_related("federation", "status__federation")
    found: Procedure | None = rows.filter(pk=draft.pk, state=Procedure.State.DRAFT).first()
    if found is None:
        raise Changed(None)
    return found


def _write(draft: Procedure, rules: Terms, questions: Iterable[Terms]) -> None:
    for name in RULES:
        field: Any = draft._meta.get_field(name)
        setattr(draft, name, rules.get(name, field.get_default()))
    draft.full_clean(exclude=["open_to", "defers_to"])  # may be empty; see `problems`
    draft.save()
    draft.questions.all().delete()
    for position, ask in enumerate(questions):
        question = Question(procedure=draft, position=position, **ask)
        question.full_clean(exclude=["labels"])  # what a draft still lacks, publishing asks for
        question.save()


def _note(draft: Procedure, by: Any, note: str) -> None:
    audit.record(
        audit.Action.CHANGE, draft, by=by, office=COORDINATOR, note=note,
        federation=draft.federation.slug,
    )  # fmt: skip


# --- what a version says --------------------------------------------------------------------


def rules_of(procedure: Procedure) -> Terms:
    return {name: getattr(procedure, name) for name in RULES}


def asks_of(procedure: Procedure) -> list[Terms]:
    return [{name: getattr(one, name) for name in ASKS} for one in questions_of(procedure)]


def mark(procedure: Procedure) -> str:
    """The same for the same words: by it one knows whether somebody else has changed them."""
    said = json.dumps([rules_of(procedure), asks_of(procedure)], sort_keys=True, default=str)
    return hashlib.sha256(f"{procedure.pk} {said}".encode()).hexdigest()[:32]


# --- whether it holds together --------------------------------------------------------------


def problems(procedure: Procedure) -> list[str]:
    """Everything that keeps the version from being in force, in clear words."""
    return [
        *(str(text) for broken, text in _contradictions(procedure) if broken),
        *_missing_texts(procedure),
        *_wrong_questions(procedure),
    ]


def _contradictions(rules: Procedure) -> list[tuple[bool, str | Promise]]:
    nobody = rules.consulted == Procedure.Consulted.NONE
    kinds, bodies = set(Organisation.Kind.values), set(Body.values)
    deciding = {rules.body, rules.appeal_body} - {""}
    return [
        (not rules.open_to, _("Say who may ask: no kind of organisation is chosen.")),
        (not set(rules.open_to) <= kinds, _("An unknown kind of organisation may ask.")),
        (not set(rules.defers_to) <= bodies, _("It may be put off to an unknown body.")),
        (not nobody and not rules.consultation_days,
            _("Say how many days the sections have to reply.")),
        (nobody and rules.quorum > 0, _("There is a quorum, but nobody is consulted.")),
        (nobody and rules.is_binding,
            _("The result of a consultation binds, but nobody is consulted.")),
        (nobody and rules.objection_blocks,
            _("One objection blocks, but nobody is consulted who could object.")),
        (nobody and rules.publishes_replies,
            _("The applicant is to see the replies, but nobody is consulted.")),
        (bool(rules.waiver_body) and not rules.status.is_one_per_country,
            _("It says who may admit a second one in a country, but this status "
              "is not one of which there is one for each country.")),
        (bool(rules.waiver_body and rules.body) and rules.waiver_body not in deciding,
            _("Only one body may admit a second one in a country, and it is another that decides: "
              "so nobody could ever do it.")),
        (rules.asks_documents == Asked.NO and bool(rules.documents),
            _("It says which documents are wanted, but asks for none.")),
    ]  # fmt: skip


def _missing_texts(rules: Procedure) -> list[str]:
    """A text that exists at all exists in the language of the federation's original texts."""
    language = rules.federation.language
    return [
        _("Missing in the language of the federation: %(text)s.") % {"text": field.verbose_name}
        for field in Procedure._meta.concrete_fields
        if isinstance(field, TextsField)
        and getattr(rules, field.name)
        and not getattr(rules, field.name).get(language)
    ]


def _wrong_questions(rules: Procedure) -> list[str]:
    wrong, language = [], rules.federation.language
    questions = questions_of(rules)
    for number, question in enumerate(questions, 1):
        named = {"number": number}
        if not question.labels.get(language, "").strip():
            wrong.append(
                _("Question %(number)s is not written in the language of the federation.") % named
            )
        if question.helps and not question.helps.get(language):
            wrong.append(
                _("The help of question %(number)s is not in the language of the federation.")
                % named
            )
        wrong += [str(text) % named for text in _wrong_options(question, language)]
    again = [key for key, times in Counter(one.key for one in questions).items() if times > 1]
    wrong += [_("Two questions have the short name %(key)s.") % {"key": key} for key in again]
    return wrong


def _wrong_options(question: Question, language: str) -> list[str]:
    chooses = question.kind in (Question.Kind.CHOICE, Question.Kind.CHOICES)
    lengths = {code: len(_lines(text)) for code, text in question.options.items() if text.strip()}
    if not chooses:
        return [_("Question %(number)s has answers to choose from, but is of another kind.")] if (
            lengths
        ) else []  # fmt: skip
    if lengths.get(language, 0) < 2:
        return [_("Question %(number)s needs at least two answers to choose from.")]
    if len(set(lengths.values())) > 1:
        return [_("Question %(number)s has not as many answers to choose from in every language.")]
    if len(set(_lines(question.options[language]))) < lengths[language]:
        return [_("Question %(number)s offers the same answer twice.")]
    return []


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def warnings(procedure: Procedure) -> list[str]:
    """What is possible, and yet will keep requests from being decided as things are today."""
    found = []
    if procedure.needs_second and coordinators_in(procedure.federation).count() < 2:
        found.append(
            _("A second person confirms, but the federation has one coordinator here at present.")
        )
    if not procedure.status.is_open_to_requests:
        found.append(_("Organisations cannot ask for this status here at present."))
    return found


__all__ = [
    "ASKS", "RULES", "Changed", "asks_of", "diff", "discard", "in_words", "mark", "new_draft",
    "problems", "publish", "questions_of", "rules_of", "save_draft", "wants_another", "warnings",
]  # fmt: skip
