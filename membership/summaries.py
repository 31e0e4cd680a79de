"""What was filed, in words, for the applicant and for those who decide."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.states import Step
from membership.forms.application import ApplicationForm
from membership.forms.care import ClaimForm, ReportForm
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    Filing,
    MembershipApplication,
    Proceeding,
    Sent,
)
from membership.requests import answers, sections

Row = dict[str, Any]

_WORDS: dict[str, Callable[[Any], Any]] = {
    "agrees": lambda _yes: _("yes"),
    "part": lambda part: ErrorReport.Part(part).label,
}

# Fields that are kept under another name than they have in the form.
_KEPT_AS = {"consents": "consent"}


_FORMS: dict[type[Sent], Any] = {
    MembershipApplication: ApplicationForm,
    EntryClaim: ClaimForm,
    ErrorReport: ReportForm,
}


def groups(filing: Sent, change_url: str = "") -> list[Row]:
    """Questions with their answers under their headings, and where each can be changed."""
    if isinstance(filing, AffiliationRequest):
        return answers.groups_of(filing, lambda part: answers.page_of(filing, part))
    return [{"title": "", "rows": rows(filing, change_url)}]


def open_parts(filing: Sent) -> list[sections.Part]:
    """The parts of an application in which something is missing; without them it can be sent."""
    if not isinstance(filing, AffiliationRequest):
        return []
    return [part for part in sections.parts_of(filing) if part.missing]


def rows(filing: Sent, change_url: str = "") -> list[Row]:
    """Each question with its answer; with `change_url`, the form in which it can be changed."""
    if isinstance(filing, AffiliationRequest):
        return answers.rows(filing)
    form = _FORMS[type(filing)]
    return [
        {
            "label": _LABELS.get(name, form.base_fields[name].label),
            "value": _answer(filing, name),
            "change_url": f"{change_url}#id_{name}" if change_url else "",
        }
        for _legend, names in form.GROUPS
        for name in names
    ]


# Where the words of the form would not fit, because somebody else reads the answer.
_LABELS = {
    "name": gettext_lazy("Name"),
    "consents": gettext_lazy("Consent"),
    "message": gettext_lazy("Message"),
    "task": gettext_lazy("Task in the organisation"),
    "confirm_at": gettext_lazy("Can be confirmed at"),
    "part": gettext_lazy("Part"),
    "right": gettext_lazy("What would be right"),
    "source": gettext_lazy("Source"),
    "agrees": gettext_lazy("Speaks for the organisation, which knows of it"),
}


def _answer(filing: Any, name: str) -> Any:
    if name == "email":
        return filing.email
    value = filing.answers.get(_KEPT_AS.get(name, name))
    return _WORDS[name](value) if value and name in _WORDS else value


def steps_for_applicant(filing: Any) -> list[Row]:
    """The timeline as the applicant reads it: what was done by whom, as a body, never a person."""
    deciders = deciders_of(filing)
    return [_step(step, _actor(step, deciders)) for step in filing.steps.all()]


def _actor(step: Step, deciders: str) -> str:
    if is_of_rule(step):
        return _("a rule of the procedure")
    return _("you") if step.by is None else deciders


def is_of_rule(step: Any) -> bool:
    """Nobody did it: its day had come."""
    return str(step._meta.get_field("subject").related_model.move_named(step.verb).who) == "rule"


def steps_for_deciders(steps: Iterable[Any], user: Any) -> list[Row]:
    """The timeline as the desk reads it: which office acted, and whether that was oneself."""
    return [_step(step, _office(step, user)) for step in steps]


def _step(step: Step, by: str) -> Row:
    return {"at": step.at, "label": step.label, "text": step.note, "by": by}  # type: ignore[attr-defined]


def _office(step: Step, user: Any) -> str:
    if is_of_rule(step):
        return _("a rule of the procedure")
    if step.by is None:
        return _("the applicant")
    office = office_name(step.office)
    return _("%(office)s (you)") % {"office": office} if step.by == user.pk else office


def office_name(office: str) -> str:
    words = {
        "coordinator": _("coordinator"),
        "secretary": _("secretary"),
        "delegate": _("delegate"),
        "operator": _("operator"),
    }
    return words.get(office, office)


def deciders_of(filing: Filing | Proceeding) -> str:
    """Those who decide, named by their office."""
    if isinstance(filing, AffiliationRequest | Proceeding):
        federation = filing.federation
        return _("the coordinators of %(federation)s") % {
            "federation": federation.acronym or federation.name
        }
    if isinstance(filing, MembershipApplication):
        return _("the secretary of %(organisation)s") % {"organisation": filing.organisation.name}
    if isinstance(filing, EntryClaim):
        # Not who: whether the entry has a secretary is nobody's business.
        return _("those who look after this entry")
    raise TypeError(filing)
