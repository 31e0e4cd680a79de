"""Drafts by the API: the same parts, forms and rules as on the pages.

Answers go by the names under which they are stored: those of `membership.requests.sections`,
lists as lists, the federation's own questions under `questions` by their short names.
"""

import copy
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from rest_framework import serializers

from directory.models import OrganisationName
from federation.letters import spoken
from federation.models import Federation
from federation.states import NotOpen
from membership.entrance import guards
from membership.forms.request import organisation_at, why_not
from membership.forms.sections import FORMS, SectionForm
from membership.models import AffiliationRequest
from membership.requests import drafts, namesakes, sections

SLUG = "organisation_slug"
NOT_US = "not_us"
_TEXTS = {"type": "list of texts", "is": lambda value: _are(value, str)}
# What is not one text, number, yes or no.
_SHAPES: dict[str, dict[str, Any]] = {
    "countries": _TEXTS,
    "affiliated_to": _TEXTS,
    "affiliations": _TEXTS,
    "sponsors": _TEXTS,
    NOT_US: _TEXTS,
    "names": {
        "type": "list of objects with value, kind and language",
        "is": lambda value: _are(value, dict) and all(_is_name(row) for row in value),
    },
    "questions": {
        "type": "object of answers by the short name of the question",
        "is": lambda value: (
            isinstance(value, dict)
            and all(_is_scalar(one) or _are(one, str) for one in value.values())
        ),
    },
}


def begin(given: dict[str, Any], person: Any) -> AffiliationRequest:
    """A draft under the procedure in force, with the answers that were sent, or nothing at all."""
    federation = Federation.objects.visible_to(None).filter(slug=given["federation"]).first()
    if federation is None:
        raise serializers.ValidationError({"federation": ["There is no such federation."]})
    status = federation.statuses.open_to_requests().filter(slug=given["status"]).first()
    if status is None:
        raise serializers.ValidationError({"status": ["This status cannot be asked for here."]})
    language = given.get("language") or get_language() or ""
    if "language" in given and spoken(language) != language:
        raise serializers.ValidationError({"language": ["The site does not speak this language."]})
    with transaction.atomic():
        draft = AffiliationRequest(
            federation=federation,
            status=status,
            email=given["email"],
            language=spoken(language),
            form_token=uuid.uuid4(),
            answers={},
        )
        draft.save()
        return _answered(draft, given.get("answers", {}), person)


def change(draft: AffiliationRequest, given: dict[str, Any], person: Any) -> AffiliationRequest:
    """The draft with what was sent; what was left out stays."""
    if draft.state != AffiliationRequest.State.DRAFT:
        raise NotOpen
    answers = dict(given.get("answers", {}))
    if "email" in given:
        answers["email"] = given["email"]
    with transaction.atomic():
        return _answered(draft, answers, person)


def progress(request: Any, draft: AffiliationRequest) -> dict[str, Any]:
    """What a draft tells besides: how far it is, whom it might be, what sending it takes."""
    parts = sections.parts_of(draft)
    found = namesakes.unanswered(draft)
    work = guards.challenge(request, draft)
    return {
        "parts": [
            {
                "part": part.key,
                "title": str(part.title),
                "progress": part.progress.value,
                "missing": list(part.missing),
                "answers": list(part.section.keys),
            }
            for part in parts
        ],
        "complete": sections.is_complete(draft),
        # Is this you? Then send its slug as `organisation_slug`, else all of them as `not_us`.
        "namesakes": [{"slug": one.slug, "name": one.name} for one in found],
        "proof": {
            "salt": work.salt,
            "digest": work.digest,
            "most": work.most,
            "signed": work.signed,
        },
    }


# --- answers --------------------------------------------------------------------------------


def _answered(
    draft: AffiliationRequest, answers: dict[str, Any], person: Any
) -> AffiliationRequest:
    _demand_shapes(draft, answers)
    if SLUG in answers or NOT_US in answers:
        draft = _stood_for(draft, answers, person)
    for part in sections.parts_of(draft):
        given = {name: answers[name] for name in part.section.keys if name in answers}
        if given and part.key in FORMS:
            draft = drafts.save(draft, part.section, _checked(draft, part.key, given))
    return draft


def _demand_shapes(draft: AffiliationRequest, answers: dict[str, Any]) -> None:
    asked = {name for part in sections.parts_of(draft) for name in part.section.keys}
    asked |= {SLUG, NOT_US}
    wrong = {name: ["This is not asked here."] for name in answers if name not in asked}
    for name in answers.keys() & asked:
        shape = _SHAPES.get(name)
        if not (shape["is"](answers[name]) if shape else _is_scalar(answers[name])):
            wrong[name] = [f"Send a {shape['type'] if shape else 'text, a number, true or false'}."]
    if wrong:
        raise serializers.ValidationError(wrong)


def _checked(draft: AffiliationRequest, key: str, given: dict[str, Any]) -> dict[str, Any]:
    """The answers of one part as its form takes them: what was sent over what stands there."""
    wanted = copy.copy(draft)
    wanted.answers = {**draft.answers, **given}
    if "email" in given:
        wanted.email = given["email"]
    if "questions" in given:
        _demand_questions(draft, given["questions"])
    filled: SectionForm = FORMS[key](draft=wanted)
    sent: MultiValueDict[str, Any] = MultiValueDict()
    for name in filled.fields:
        value = given["status"] if name == "status" and name in given else filled.initial.get(name)
        if isinstance(value, list | tuple):
            sent.setlist(name, [str(one) for one in value])
        elif value not in (None, False):
            sent[name] = "yes" if value is True else str(value)
    form = FORMS[key](sent, draft=wanted)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    answers = form.answers()
    return {name: answers[name] for name in given if name in answers}


def _demand_questions(draft: AffiliationRequest, given: dict[str, Any]) -> None:
    asked = {question.key for question in sections.questions_of(draft)}
    unknown = ", ".join(sorted(given.keys() - asked))
    if unknown:
        raise serializers.ValidationError({"questions": [f"This is not asked here: {unknown}."]})


def _stood_for(
    draft: AffiliationRequest, answers: dict[str, Any], person: Any
) -> AffiliationRequest:
    """Whether the applicant stands in the directory already, by the same rules as on the page."""
    slug = answers.get(SLUG, draft.answers.get(SLUG, "")) or ""
    if slug:
        organisation = organisation_at(str(slug))
        wrong = why_not(draft, organisation, person)
        if wrong:
            raise ValidationError({SLUG: wrong})
        slug = organisation.slug if organisation else ""
    return drafts.stand_for(draft, slug, others=answers.get(NOT_US, []))


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | None)


def _are(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _is_name(row: dict[str, Any]) -> bool:
    known = row.keys() <= {"value", "kind", "language"}
    texts = all(isinstance(value, str) for value in row.values())
    if not (known and texts and row.get("value")):
        return False
    row.setdefault("language", "")
    return row.setdefault("kind", "translated") in OrganisationName.Kind.values
