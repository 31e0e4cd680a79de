"""What stands in an application for a status, in words, part by part.

The labels are those of the forms, the order that of the parts; where somebody else reads the
answer and the words of the form would not fit, another stands here.
"""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from directory.countries import country_name
from directory.entries import language_name
from directory.models import Organisation, OrganisationName
from federation.models import Federation
from federation.texts import listed
from membership.forms import questions
from membership.forms.sections import FORMS
from membership.models import AffiliationRequest
from membership.requests import documents, sections
from membership.requests.sections import Part

Row = dict[str, Any]

LABELS = {
    "name": gettext_lazy("Name"),
    "names": gettext_lazy("Further names"),
    "description": gettext_lazy("Description"),
    "page": gettext_lazy("Page in this directory"),
    "is_affiliated": gettext_lazy("Belongs to others"),
    "affiliated_to": gettext_lazy("Belongs to these federations"),
    "affiliations": gettext_lazy("Belongs also to"),
    "sponsors": gettext_lazy("Sponsors"),
    "contact_name": gettext_lazy("Contact"),
    "contact_role": gettext_lazy("Task of the contact"),
}


def groups_of(request: AffiliationRequest, pages: Callable[[str], str] | None = None) -> list[Row]:
    """The parts with their rows; with `pages`, the page on which each part is changed."""
    return [
        {
            "title": part.title,
            "part": part,
            "rows": rows_of(request, part, pages(part.key) if pages else ""),
            "url": pages(part.key) if pages else "",
        }
        for part in sections.parts_of(request)
    ]


def page_of(draft: AffiliationRequest, key: str) -> str:
    """Where a part is changed; from there the way leads back to the check page."""
    if key == "documents":
        return reverse("membership:request_documents", args=[draft.reference])
    return f"{reverse('membership:request_task', args=[draft.reference, key])}?back=check"


def rows(request: AffiliationRequest) -> list[Row]:
    """All of it in one row, with what was asked for, which a federation may have but one of."""
    found = [row for group in groups_of(request) for row in group["rows"]]
    first = [] if "status" in {row["name"] for row in found} else [_status(request)]
    return [*first, *_entry(request), *found]


def rows_of(request: AffiliationRequest, part: Part | None, url: str = "") -> list[Row]:
    """Each question of the part with its answer."""
    if part is None:
        return []
    if part.key == "questions":
        return [_question(request, part, one, url) for one in sections.questions_of(request)]
    if part.key == "documents":
        named = [document.file.name for document in documents.documents_of(request)]
        return [_row(part, "files", _("Documents"), listed(named), url)]
    asked = FORMS[part.key](draft=request).fields
    further = {name for name in part.section.keys if name not in asked}
    return [
        _row(part, name, _label(part, name), said(request, name), url)
        for name in part.section.keys
        if name in asked or name in further & {"names", "sponsors"}
    ]


def said(request: AffiliationRequest, name: str) -> Any:
    """One answer in words."""
    value = sections.answer_of(request, name)
    if name == "status":
        return request.status.label.value
    return _WORDS[name](value) if value and name in _WORDS else value


def _row(part: Part, name: str, label: Any, value: Any, url: str) -> Row:
    first = {"names": "name_0", "sponsors": "sponsor_1"}.get(name, name)
    at = "" if name in ("files", "names") else f"#id_{first}"
    return {
        "name": name,
        "label": label,
        "value": value,
        "is_missing": name in part.missing or (name == "sponsors" and bool(part.missing)),
        "change_url": f"{url}{at}" if url else "",
    }


def _label(part: Part, name: str) -> Any:
    if name == "agrees":
        return _("Agrees with the statement or the aims")
    return LABELS.get(name) or FORMS[part.key].base_fields[name].label


def _question(request: AffiliationRequest, part: Part, question: Any, url: str) -> Row:
    value = (request.answers.get("questions") or {}).get(question.key)
    name = questions.name_of(question)
    return _row(part, name, questions.worded(question.label), questions.said(question, value), url)


def _status(request: AffiliationRequest) -> Row:
    return {"name": "status", "label": _("Status asked for"), "value": request.status.label.value}


def _entry(request: AffiliationRequest) -> list[Row]:
    """The page in the directory, for an applicant that stands there."""
    slug = request.answers.get("organisation_slug")
    if not slug:
        return []
    found = sections.entry_at(slug)
    value = (
        format_html('<a href="{}">{}</a>', found.get_absolute_url(), found.name) if found else slug
    )
    return [{"name": "page", "label": LABELS["page"], "value": value}]


def _name(row: dict[str, str]) -> Any:
    kind = OrganisationName.Kind(row["kind"]).label
    notes = [kind, language_name(row["language"])] if row["language"] else [kind]
    return format_html('<bdi lang="{}">{}</bdi> ({})', row["language"], row["value"], listed(notes))


def _named(model: Any, slugs: list[str]) -> Any:
    """Their names, in the order of the slugs; what is there no more keeps its slug."""
    found = {one.slug: one.name for one in model.objects.visible_to(None).filter(slug__in=slugs)}
    return listed(found.get(slug, slug) for slug in slugs)


def _yes_or_no(value: Any) -> str:
    return pgettext("answer", "No") if value == "no" else pgettext("answer", "Yes")


_WORDS: dict[str, Callable[[Any], Any]] = {
    "language": language_name,
    "kind": lambda kind: Organisation.Kind(kind).label,
    "countries": lambda codes: listed(country_name(code) for code in codes),
    "members": number_format,
    "agrees": _yes_or_no,
    "is_affiliated": _yes_or_no,
    "affiliations": listed,
    "affiliated_to": lambda slugs: _named(Federation, slugs),
    "sponsors": lambda slugs: _named(Organisation, slugs),
    "names": lambda names: listed(_name(name) for name in names),
}
