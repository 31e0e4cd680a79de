"""What was filed, in words, for the applicant and for those who decide."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.countries import country_name
from directory.entries import language_name
from directory.models import Organisation
from federation.states import Step
from membership.forms.application import ApplicationForm
from membership.forms.care import ClaimForm, ReportForm
from membership.forms.request import RequestForm
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    Filing,
    MembershipApplication,
    Sent,
)

Row = dict[str, Any]

_WORDS: dict[str, Callable[[Any], Any]] = {
    "language": language_name,
    "kind": lambda kind: Organisation.Kind(kind).label,
    "countries": lambda codes: ", ".join(country_name(code) for code in codes),
    "members": number_format,
    "agrees": lambda _yes: _("yes"),
    "part": lambda part: ErrorReport.Part(part).label,
}

# Fields that are kept under another name than they have in the form.
_KEPT_AS = {"page": "organisation_slug", "consents": "consent"}


_FORMS: dict[type[Sent], Any] = {
    AffiliationRequest: RequestForm,
    MembershipApplication: ApplicationForm,
    EntryClaim: ClaimForm,
    ErrorReport: ReportForm,
}


def rows(filing: Sent, change_url: str = "") -> list[Row]:
    """Each question with its answer; with `change_url`, the form in which it can be changed."""
    form = _FORMS[type(filing)]
    labels = _LABELS | _LABELS_OF.get(type(filing), {})
    return [
        {
            "label": labels.get(name, form.base_fields[name].label),
            "value": _answer(filing, name),
            "change_url": f"{change_url}#id_{name}" if change_url else "",
        }
        for _legend, names in form.GROUPS
        for name in names
    ]


# Where the words of the form would not fit, because somebody else reads the answer.
_LABELS = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "page": gettext_lazy("Page in this directory"),
    "agrees": gettext_lazy("Agrees with the aims"),
    "contact_name": gettext_lazy("Contact"),
    "contact_role": gettext_lazy("Task of the contact"),
    "consents": gettext_lazy("Consent"),
    "message": gettext_lazy("Message"),
    "task": gettext_lazy("Task in the organisation"),
    "confirm_at": gettext_lazy("Can be confirmed at"),
    "part": gettext_lazy("Part"),
    "right": gettext_lazy("What would be right"),
    "source": gettext_lazy("Source"),
}
_LABELS_OF: dict[type[Sent], Any] = {
    EntryClaim: {"agrees": gettext_lazy("Speaks for the organisation, which knows of it")},
}


def _answer(filing: Any, name: str) -> Any:
    if name == "email":
        return filing.email
    if name == "status":
        return filing.status.label.value
    value = filing.answers.get(_KEPT_AS.get(name, name))
    return _WORDS[name](value) if value and name in _WORDS else value


def steps_for_applicant(filing: Any) -> list[Row]:
    """The timeline as the applicant reads it: what was done by whom, as a body, never a person."""
    deciders = deciders_of(filing)
    return [_step(step, _("you") if step.by is None else deciders) for step in filing.steps.all()]


def steps_for_deciders(steps: Iterable[Any], user: Any) -> list[Row]:
    """The timeline as the desk reads it: which office acted, and whether that was oneself."""
    return [_step(step, _office(step, user)) for step in steps]


def _step(step: Step, by: str) -> Row:
    return {"at": step.at, "label": step.label, "text": step.note, "by": by}  # type: ignore[attr-defined]


def _office(step: Step, user: Any) -> str:
    if step.by is None:
        return _("the applicant")
    office = office_name(step.office)
    return _("%(office)s (you)") % {"office": office} if step.by == user.pk else office


def office_name(office: str) -> str:
    words = {
        "coordinator": _("coordinator"),
        "secretary": _("secretary"),
        "operator": _("operator"),
    }
    return words.get(office, office)


def deciders_of(filing: Filing) -> str:
    """Those who decide, named by their office."""
    if isinstance(filing, AffiliationRequest):
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
