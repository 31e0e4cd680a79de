"""The parts of an application for a status: what each asks, what is needed, how far it is.

What a part asks follows from the procedure that the request began under. Nothing here knows of
forms, so that pages, the API and the workflow judge alike whether an application is complete.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from directory.models import Organisation
from federation.models import Status
from federation.texts import joined
from membership.models import AffiliationRequest, Question
from membership.models.procedures import Asked
from membership.procedures import words

QUESTION = "question-"  # before the key of a federation's own question, in forms


class Progress(models.TextChoices):
    NOT_STARTED = "not_started", pgettext_lazy("part of a request", "not started")
    OPTIONAL = "optional", pgettext_lazy("part of a request", "may stay open")
    INCOMPLETE = "incomplete", pgettext_lazy("part of a request", "incomplete")
    DONE = "done", pgettext_lazy("part of a request", "done")


@dataclass(frozen=True)
class Section:
    """One part. `keys` are the answers it writes; `needed` names those that must be given."""

    key: str
    title: str | Promise
    keys: tuple[str, ...]
    needed: Callable[[AffiliationRequest], list[str]]
    is_asked: Callable[[AffiliationRequest], bool] = lambda _request: True


@dataclass(frozen=True)
class Part:
    """A section of one application, with the names of what is still missing."""

    section: Section
    missing: tuple[str, ...]
    is_begun: bool

    @property
    def key(self) -> str:
        return self.section.key

    @property
    def title(self) -> str | Promise:
        return self.section.title

    @property
    def progress(self) -> Progress:
        if self.missing:
            return Progress.INCOMPLETE if self.is_begun else Progress.NOT_STARTED
        return Progress.DONE if self.is_begun else Progress.OPTIONAL


def parts_of(request: AffiliationRequest) -> list[Part]:
    """The parts that this application has, in the order in which they are best filled in."""
    return [_part(section, request) for section in SECTIONS if section.is_asked(request)]


def part_of(request: AffiliationRequest, key: str) -> Part | None:
    """The part of that name, if the application has it."""
    section = SECTION.get(key)
    return _part(section, request) if section and section.is_asked(request) else None


def is_complete(request: AffiliationRequest) -> bool:
    return not any(part.missing for part in parts_of(request))


def demand_complete(request: AffiliationRequest) -> None:
    """Raise ValidationError, naming the parts that are not done yet."""
    open_parts = [str(part.title) for part in parts_of(request) if part.missing]
    if open_parts:
        message = _("The request is not complete. Still to be done: %(parts)s.")
        raise ValidationError(message % {"parts": joined(open_parts)})


def mark_of(request: AffiliationRequest, section: Section) -> str:
    """Tells one content of a section from another, so that nobody overwrites what is unseen."""
    held = {name: answer_of(request, name) for name in section.keys}
    written = json.dumps(held, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:24]


def answer_of(request: AffiliationRequest, name: str) -> Any:
    """What was answered; None, an empty text or list if nothing was."""
    if name == "email":
        return request.email
    if name == "status":
        return request.status.slug
    return request.answers.get(name)


def questions_of(request: AffiliationRequest) -> list[Question]:
    """The federation's own questions; asked of the database once for each application."""
    held: Any = request
    procedure = request.procedure
    if getattr(held, "_questions_of", None) != procedure.pk:
        held._questions = words.questions_of(procedure)
        held._questions_of = procedure.pk
    questions: list[Question] = held._questions
    return questions


def is_new(request: AffiliationRequest) -> bool:
    """Whether the applicant is an organisation that has no entry in the directory yet."""
    return not request.answers.get("organisation_slug")


def open_statuses(federation: Any) -> list[Status]:
    """The statuses of the federation that may be asked for."""
    return list(federation.statuses.open_to_requests().select_related("federation"))


def _part(section: Section, request: AffiliationRequest) -> Part:
    begun = any(_is_given(answer_of(request, name)) for name in section.keys if name != "email")
    if section.key == "documents":
        begun = request.documents.exists()
    return Part(section, tuple(section.needed(request)), begun)


def _is_given(value: Any) -> bool:
    return value not in (None, "", [], {}, False)


def _open(*names: str) -> Callable[[AffiliationRequest], list[str]]:
    """What to find missing: those of the names that have no answer."""
    return lambda request: [name for name in names if not _is_given(answer_of(request, name))]


# --- what is needed -------------------------------------------------------------------------


def _organisation(request: AffiliationRequest) -> list[str]:
    missing = _open("name", "kind")(request)
    if "kind" not in missing and request.answers["kind"] not in request.procedure.open_to:
        missing.append("kind")  # the status was changed since
    return missing


def _about(request: AffiliationRequest) -> list[str]:
    rules, answers = request.procedure, request.answers
    missing = _open("description")(request) if is_new(request) else []
    if rules.asks_members == Asked.REQUIRED:
        missing += _open("members")(request)
    if rules.asks_affiliations == Asked.REQUIRED:
        missing += _open("is_affiliated")(request)
    if rules.asks_affiliations != Asked.NO and answers.get("is_affiliated") == "yes":
        named = answers.get("affiliations") or answers.get("affiliated_to")
        missing += [] if named else ["affiliations"]
    return missing


def _questions(request: AffiliationRequest) -> list[str]:
    given = request.answers.get("questions", {})
    return [
        f"{QUESTION}{question.key}"
        for question in questions_of(request)
        if question.is_required and not _is_given(given.get(question.key))
    ]


def _documents(request: AffiliationRequest) -> list[str]:
    required = request.procedure.asks_documents == Asked.REQUIRED
    return ["files"] if required and not request.documents.exists() else []


def _sponsors(request: AffiliationRequest) -> list[str]:
    named = len(request.answers.get("sponsors", []))
    return [f"sponsor_{number}" for number in range(named + 1, request.procedure.sponsors + 1)]


def _has_choice(request: AffiliationRequest) -> bool:
    return any(one != request.status for one in open_statuses(request.federation))


SECTIONS = (
    Section(
        "status", gettext_lazy("What you ask for"), ("status",), _open("status"), _has_choice
    ),
    Section(
        "organisation", gettext_lazy("The organisation"),
        ("name", "language", "names", "acronym", "kind"), _organisation, is_new,
    ),
    Section(
        "where", gettext_lazy("Where it is"),
        ("countries", "city", "website", "founded"), _open("countries"), is_new,
    ),
    Section(
        "about", gettext_lazy("What it is and does"),
        ("description", "members", "is_affiliated", "affiliated_to", "affiliations"), _about,
    ),
    Section(
        "questions", gettext_lazy("Questions of the federation"), ("questions",), _questions,
        lambda request: bool(questions_of(request)),
    ),
    Section(
        "documents", gettext_lazy("Documents"), (), _documents,
        lambda request: request.procedure.asks_documents != Asked.NO,
    ),
    Section(
        "sponsors", gettext_lazy("Sponsors"), ("sponsors",), _sponsors,
        lambda request: request.procedure.sponsors > 0,
    ),
    Section("agreement", gettext_lazy("Agreement"), ("agrees",), _open("agrees")),
    Section(
        "contact", gettext_lazy("Whom we write to"), ("contact_name", "contact_role", "email"),
        _open("contact_name", "email"),
    ),
)  # fmt: skip
SECTION = {section.key: section for section in SECTIONS}


def entry_at(slug: str) -> Organisation | None:
    """The public organisation of the directory that has this slug, or once had it."""
    found: Organisation | None = (
        Organisation.objects.visible_to(None).filter(slugs__slug=slug).first()
    )
    return found
