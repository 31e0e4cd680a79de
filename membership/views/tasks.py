"""An application for a status, written part by part: a list of tasks, one page for each.

Any order, any device; what was saved is there again. Nothing of it is seen by the federation
until it is sent, which the page "check your answers" does.
"""

import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from federation.states import Refused
from membership.entrance import sessions
from membership.forms.request import NamesakesForm
from membership.forms.section import SectionForm
from membership.forms.sections import FORMS, AnotherSponsorForm
from membership.models import AffiliationRequest
from membership.procedures.publishing import in_words
from membership.requests import drafts, sections, sponsoring
from membership.requests.answers import rows_of
from membership.requests.drafts import WrittenElsewhere
from membership.requests.namesakes import namesakes, unanswered
from membership.summaries import deciders_of, rows
from membership.views.guards import DRAFT, PROOFS_AN_HOUR, may, private, too_many
from membership.views.kinds import REQUEST

STILL_TO_COME = slice(2, None)  # of a procedure in words: not who may ask, and what is needed


def _own(request: HttpRequest, reference: str) -> AffiliationRequest | None:
    """What was filed under the reference, if this browser may see it."""
    rows = AffiliationRequest.objects.select_related(
        "federation", "status__federation", "procedure"
    )
    found: AffiliationRequest | None = sessions.open_here(request, rows, reference)
    return found


def _own_draft(request: HttpRequest, reference: str) -> AffiliationRequest | None:
    """The same while it is a draft; anything else has no tasks."""
    own = _own(request, reference)
    return own if own is not None and own.state == DRAFT else None


@private
@require_safe
def request_tasks(request: HttpRequest, reference: str) -> HttpResponse:
    """The parts of the application, each with how far it is."""
    draft = _own_draft(request, reference)
    if draft is None:
        return redirect(REQUEST.page(reference))
    parts = sections.parts_of(draft)
    context = {
        "draft": draft,
        "tasks": [(part, _page_of(draft, part.key)) for part in parts],
        "done": sum(not part.missing for part in parts),
        "organisation": _entry(draft),
        "last_day": drafts.last_day(draft),
        "check_url": REQUEST.part(reference, "check"),
    }
    return render(request, "membership/request_tasks.html", context)


def _page_of(draft: AffiliationRequest, key: str) -> str:
    if key == "documents":
        return REQUEST.part(draft.reference, "documents")
    return REQUEST.url("request_task", draft.reference, key)


def _entry(draft: AffiliationRequest) -> Any:
    """The organisation of the directory that the applicant is, if it said so."""
    slug = draft.answers.get("organisation_slug")
    return sections.entry_at(slug) if slug else None


@private
def request_task(request: HttpRequest, reference: str, section: str) -> HttpResponse:
    """One part; `?back=check` leads to the check page afterwards, not to the list."""
    draft = _own_draft(request, reference)
    if draft is None and request.method == "POST" and not _own(request, reference):
        return _forgotten(request, reference)
    if draft is None:
        return redirect(REQUEST.page(reference))
    if section not in FORMS or sections.part_of(draft, section) is None:
        raise Http404
    form = FORMS[section](request.POST if request.method == "POST" else None, draft=draft)
    if request.method == "POST" and form.is_valid():
        return _save(request, draft, form)
    return _task_page(request, draft, form)


def _forgotten(request: HttpRequest, reference: str) -> HttpResponse:
    """This browser may not write here (any more): what was typed is given back, nothing saved.

    The same is said whether or not there is such a draft.
    """
    own = {"csrfmiddlewaretoken", "mark", "later", "more"}
    typed = [
        value.strip()
        for name, values in request.POST.lists()
        if name not in own
        for value in values
    ]
    text = "\n\n".join(filter(None, typed))
    context = {"text": text, "back_url": REQUEST.page(reference)}
    return render(request, "membership/request_forgotten.html", context, status=403)


def _save(request: HttpRequest, draft: AffiliationRequest, form: SectionForm) -> HttpResponse:
    try:
        saved = drafts.save(draft, form.section, form.answers(), mark=form.cleaned_data["mark"])
    except WrittenElsewhere as conflict:
        return _conflict(request, conflict.fresh, form)
    except Refused:
        return redirect(REQUEST.page(draft.reference))
    if "later" in request.POST:
        return _keep(request, saved)
    if "more" in request.POST:
        return redirect(f"{_page_of(saved, form.key)}{_back(request)}#further")
    if form.key == "organisation" and unanswered(saved):
        return redirect(REQUEST.part(saved.reference, "same"))
    return redirect(REQUEST.part(saved.reference, "check" if _back(request) else "tasks"))


def _back(request: HttpRequest) -> str:
    return "?back=check" if request.GET.get("back") == "check" else ""


def _conflict(request: HttpRequest, fresh: AffiliationRequest, form: SectionForm) -> HttpResponse:
    """What was typed is given back, with what stands there now; sent again, it replaces that."""
    again = FORMS[form.key](request.POST.copy(), draft=fresh)
    again.data["mark"] = again.initial["mark"]  # type: ignore[index]
    now = rows_of(fresh, sections.part_of(fresh, form.key))
    return _task_page(request, fresh, again, now=now, status=409)


def _task_page(
    request: HttpRequest, draft: AffiliationRequest, form: SectionForm,
    *, now: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "draft": draft,
        "form": form,
        "now": now,
        "back_url": REQUEST.part(draft.reference, "check" if _back(request) else "tasks"),
    }
    return render(request, "membership/request_task.html", context, status=status)


# --- is this you? ---------------------------------------------------------------------------


@private
def request_same(request: HttpRequest, reference: str) -> HttpResponse:
    """Whether the applicant is an organisation that stands in the directory already."""
    draft = _own_draft(request, reference)
    if draft is None:
        return redirect(REQUEST.page(reference))
    found = namesakes(draft)
    slug = draft.answers.get("organisation_slug")
    form = NamesakesForm(
        request.POST if request.method == "POST" else None,
        draft=draft,
        found=found,
        visitor=request.user,
        initial={"who": slug} if slug in {one.slug for one in found} else {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            drafts.stand_for(draft, form.slug, others=[one.slug for one in found])
        except Refused:
            return redirect(REQUEST.page(reference))
        return redirect(REQUEST.part(reference, "tasks"))
    context = {
        "draft": draft,
        "form": form,
        "found": found,
        "back_url": REQUEST.part(reference, "tasks"),
    }
    return render(request, "membership/request_same.html", context)


# --- going away, and having sent it ---------------------------------------------------------


@private
@require_POST
def request_later(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep the draft for later, and mail its reference."""
    draft = _own_draft(request, reference)
    if draft is None:
        return redirect(REQUEST.page(reference))
    return _keep(request, draft)


def _keep(request: HttpRequest, draft: AffiliationRequest) -> HttpResponse:
    if not may(request, "proof", PROOFS_AN_HOUR):
        return too_many(request, PROOFS_AN_HOUR)
    try:
        drafts.keep_for_later(draft)
    except Refused:
        return redirect(REQUEST.page(draft.reference))
    return redirect(REQUEST.part(draft.reference, "saved"))


@private
@require_safe
def request_saved(request: HttpRequest, reference: str) -> HttpResponse:
    """The draft is kept: its reference, until when, and how to come back."""
    draft = _own_draft(request, reference)
    if draft is None or draft.saved_at is None:
        return redirect(REQUEST.page(reference))
    context = {
        "draft": draft,
        "last_day": drafts.last_day(draft),
        "tasks_url": REQUEST.part(reference, "tasks"),
        "find_url": REQUEST.find_url,
    }
    return render(request, "membership/request_saved.html", context)


@private
@require_safe
def request_confirmation(request: HttpRequest, reference: str) -> HttpResponse:
    """It was sent: the reference, who does what next and by when; made to be printed."""
    own = _own(request, reference)
    if own is None or own.state == DRAFT or not own.is_open:
        return redirect(REQUEST.page(reference))
    days = datetime.timedelta(days=own.procedure.decision_days)
    context = {
        "filing": own,
        "passages": in_words(own.procedure)[STILL_TO_COME],
        "decided_by": timezone.localdate(own.submitted_at) + days,
        "rows": rows(own),
        "deciders": deciders_of(own),
        "page_url": f"{settings.SITE_URL}{REQUEST.page(reference)}",
    }
    return render(request, "membership/request_confirmation.html", context)


@private
def request_sponsor(request: HttpRequest, reference: str) -> HttpResponse:
    """The applicant names another sponsor, as long as too few vouch."""
    own = _own(request, reference)
    if own is None or not sponsoring.may_name(own):
        return redirect(REQUEST.page(reference))
    form = AnotherSponsorForm(request.POST if request.method == "POST" else None, filing=own)
    if request.method == "POST" and form.is_valid():
        if not may(request, "proof", PROOFS_AN_HOUR):
            return too_many(request, PROOFS_AN_HOUR)
        try:
            sponsoring.name_another(own, form.chosen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(REQUEST.page(reference))
    context = {"filing": own, "form": form, "back_url": REQUEST.page(reference)}
    status = 409 if form.non_field_errors() else 200
    return render(request, "membership/request_sponsor.html", context, status=status)
