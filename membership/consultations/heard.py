"""What the sections are told of whom they are asked about, and what they said, for the pages.

Never who the contact person is, nor an address, a document or a note of the desk.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from directory.entries import Entry
from directory.models import Organisation
from federation.texts import Text
from membership.consultations import counting
from membership.forms import questions
from membership.models import AffiliationRequest, Consultation, Consulted, Proceeding, Reply
from membership.procedures.words import questions_of, who_is_heard

Fact = dict[str, Any]

# --- whom it is about -----------------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """The organisation concerned, as far as a section needs to know it."""

    organisation: Organisation
    facts: list[Fact]
    description: Text
    answers: list[tuple[Text, Any]]


def about(subject: AffiliationRequest | Proceeding) -> About:
    organisation = subject.organisation
    if organisation is None:
        raise LookupError("what was not sent yet concerns no organisation")
    entry = Entry(organisation)
    facts = [
        _fact(_("Federation"), str(subject.federation.name)),
        _asked_for(subject),
        _fact(_("Kind"), entry.get_kind_display),
        _fact(_("Acronym"), entry.acronym),
        {"label": _("Countries"), "words": [{"text": name} for name in entry.country_names]},
        _fact(_("Website"), entry.website, url=entry.website, rel="nofollow noreferrer"),
    ]
    return About(organisation, facts, entry.description, _shared_answers(subject))


def _fact(label: str, text: str, **more: str) -> Fact:
    return {"label": label, "words": [{"text": text, **more}] if text else []}


def _asked_for(subject: AffiliationRequest | Proceeding) -> Fact:
    """The status that it asks for, or what its status is to become."""
    words = []
    if isinstance(subject, Proceeding):
        words.append({"text": subject.get_kind_display()})
    if subject.status is not None:
        label = subject.status.label
        words.append({"text": label.value, "lang": label.language})
    if isinstance(subject, Proceeding) and subject.other is not None:
        words.append({"text": subject.other.name, "lang": subject.other.language})
    name = _("What is decided") if isinstance(subject, Proceeding) else _("Asks for")
    return {"label": name, "words": words}


def _shared_answers(subject: AffiliationRequest | Proceeding) -> list[tuple[Text, Any]]:
    """Answers to the federation's own questions that are marked for the sections."""
    if isinstance(subject, Proceeding):
        return []
    given = subject.answers.get("questions", {})
    marked = [one for one in questions_of(subject.procedure) if one.is_for_sections]
    return [
        (one.label, questions.said(one, given[one.key])) for one in marked if given.get(one.key)
    ]


# --- what they said -------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One section: the reply that counts, else nothing; and the others, oldest first."""

    key: Any  # of the row that asks it
    organisation: Organisation
    counted: Reply | None
    others: list[Reply]


@dataclass(frozen=True)
class Overview:
    """A consultation as those see it who run it."""

    consultation: Consultation
    lines: list[Line]
    rules: list[Any]
    result: list[str]

    @property
    def number_replied(self) -> int:
        return sum(line.counted is not None for line in self.lines)


def overview(consultation: Consultation | None) -> Overview | None:
    """Who replied what, and who is silent. Ask it for coordinators of the federation alone."""
    if consultation is None:
        return None
    asked = consultation.consulted.select_related("organisation").prefetch_related("replies")
    lines = [line(one) for one in asked.order_by("organisation__sort_name", "pk")]
    return Overview(consultation, lines, rules_of(consultation), counting.explained(consultation))


def line(asked: Consulted) -> Line:
    """Of its replies, all at hand, which one counts."""
    replies = list(asked.replies.all())
    in_time = [reply for reply in replies if not reply.is_late]
    counted = in_time[-1] if in_time else None
    return Line(
        asked.pk, asked.organisation, counted, [reply for reply in replies if reply != counted]
    )


def rules_of(consultation: Consultation) -> list[Any]:
    """Who is asked and how it is counted, in sentences."""
    return who_is_heard(consultation.procedure)


def published(consultation: Consultation | None) -> list[Reply]:
    """What the applicant may read of it: the newest reply in time of each section, or nothing."""
    if consultation is None:
        return []
    found = Reply.objects.published().filter(consulted__consultation=consultation, is_late=False)
    found = found.select_related("consulted__organisation").order_by("number")
    newest = {reply.consulted_id: reply for reply in found}
    return sorted(newest.values(), key=lambda reply: reply.consulted.organisation.sort_name)
