"""What was filed, in words, for the applicant and for those who decide."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.countries import country_name
from directory.models import Organisation
from federation.states import Step
from membership.forms.application import ApplicationForm
from membership.forms.choices import language_name
from membership.forms.request import RequestForm
from membership.models import AffiliationRequest, Filing, MembershipApplication

Row = dict[str, Any]

_WORDS: dict[str, Callable[[Any], Any]] = {
    "language": language_name,
    "kind": lambda kind: Organisation.Kind(kind).label,
    "countries": lambda codes: ", ".join(country_name(code) for code in codes),
    "members": number_format,
    "agrees": lambda _yes: _("yes"),
}

# Fields that are kept under another name than they have in the form.
_KEPT_AS = {"page": "organisation_slug", "consents": "consent"}


def rows(filing: Filing, change_url: str = "") -> list[Row]:
    """Each question with its answer; with `change_url`, the form in which it can be changed."""
    form: Any = RequestForm if isinstance(filing, AffiliationRequest) else ApplicationForm
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
    "description": gettext_lazy("Description"),
    "page": gettext_lazy("Page in this directory"),
    "agrees": gettext_lazy("Agrees with the aims"),
    "contact_name": gettext_lazy("Contact"),
    "contact_role": gettext_lazy("Task of the contact"),
    "consents": gettext_lazy("Consent"),
    "message": gettext_lazy("Message"),
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
    words = {"coordinator": _("coordinator"), "secretary": _("secretary")}
    office = words.get(step.office, step.office)
    return _("%(office)s (you)") % {"office": office} if step.by == user.pk else office


def deciders_of(filing: Filing) -> str:
    """Those who decide, named by their office."""
    if isinstance(filing, AffiliationRequest):
        federation = filing.federation
        return _("the coordinators of %(federation)s") % {
            "federation": federation.acronym or federation.name
        }
    if isinstance(filing, MembershipApplication):
        return _("the secretary of %(organisation)s") % {"organisation": filing.organisation.name}
    raise TypeError(filing)
