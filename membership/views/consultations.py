"""The desk of sections: what they are asked, what they replied, and for whom they vouch.

All rows come from `visible_to(user)` and `answered_by(user)`: what lies outside is not found.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from federation.states import Overtaken, Refused
from membership.consultations import consulting, counting, heard
from membership.forms.consultations import ReplyForm, SponsorForm, WrittenAnswerForm
from membership.models import Consultation, Consulted, Reply, Sponsorship
from membership.requests import sponsoring
from membership.summaries import office_name
from membership.views.desk.moves import show_errors
from membership.views.desk.offices import offices_of, tabs_of
from membership.views.guards import private
from membership.views.lists import page_of

PAST = "past"
SPONSORED = 50  # answers of one's organisation that are listed at once
ABOUT = (
    "federation",
    "procedure__federation",
    "request__organisation",
    "request__federation",
    "request__status__federation",
    "proceeding__organisation",
    "proceeding__federation",
)


# --- the list -------------------------------------------------------------------------------


@private
@login_required
@require_safe
def coordination_consultations(request: HttpRequest) -> HttpResponse:
    """Running consultations with one's own reply, or past ones; and who asks for a sponsor."""
    offices = offices_of(request.user)
    is_past = request.GET.get("state") == PAST
    found = Consultation.objects.visible_to(request.user).select_related(*ABOUT)
    order = ("-closed_at", "pk") if is_past else ("closes_on", "pk")
    page = page_of(request, found.filter(closed_at__isnull=not is_past).order_by(*order))
    add_own(page.rows, request.user)
    context = {
        **tabs_of(request.user, offices),
        "page": page,
        "is_past": is_past,
        "sponsorships": _sponsorships(request.user, is_past),
    }
    return render(request, "membership/consultations.html", context)


def add_own(consultations: list[Any], user: Any) -> None:
    """Give each the sections that the reader speaks for, with their last reply."""
    asked = Consulted.objects.answered_by(user).filter(consultation__in=consultations)
    own: dict[Any, list[Any]] = {}
    rows: Any = asked.select_related("organisation").prefetch_related("replies")
    for one in rows:
        one.last = max(one.replies.all(), key=lambda reply: reply.number, default=None)
        own.setdefault(one.consultation_id, []).append(one)
    for consultation in consultations:
        consultation.own = own.get(consultation.pk, [])


def _sponsorships(user: Any, is_past: bool) -> list[Sponsorship]:
    """Those that wait for an answer; in the past ones those answered."""
    found = Sponsorship.objects.answered_by(user).select_related(
        "organisation", "request__organisation", "request__federation"
    )
    if is_past:
        return list(found.exclude(state="asked").order_by("-answered_at")[:SPONSORED])
    return list(found.waiting().order_by("request__submitted_at", "pk")[:SPONSORED])


# --- one consultation -----------------------------------------------------------------------


@private
@login_required
def coordination_consultation(request: HttpRequest, consultation: uuid.UUID) -> HttpResponse:
    """Whom it is about, the rules, one's own replies with the form; all of them for those who
    run it."""
    scope = Consultation.objects.visible_to(request.user).select_related(*ABOUT)
    found: Consultation = get_object_or_404(scope, pk=consultation)
    written = Consulted.objects.recorded_by(request.user).filter(consultation=found)
    recordable = set(written.values_list("pk", flat=True))
    own = _to_reply(request, found, recordable)
    forms = [_form(request, found, one, one.pk not in recordable) for one in own]
    if request.method == "POST":
        at = _asked_by(request, own)
        answer = _reply(request, own[at], forms[at])
        if answer:
            return answer
    return _show(request, found, list(zip(own, forms, strict=True)), recordable)


def _to_reply(request: HttpRequest, found: Consultation, recordable: set[Any]) -> list[Consulted]:
    """The sections that the person speaks for, and the one whose letter is to be recorded."""
    asked = Consulted.objects.answered_by(request.user).filter(consultation=found)
    wanted = (request.POST if request.method == "POST" else request.GET).get("section", "")
    one = [key for key in recordable if str(key) == wanted]
    rows = Consulted.objects.filter(Q(pk__in=asked.values("pk")) | Q(pk__in=one))
    return list(rows.select_related("organisation").prefetch_related("replies"))


def _show(
    request: HttpRequest,
    found: Consultation,
    sections: list[tuple[Consulted, ReplyForm]],
    recordable: set[Any],
) -> HttpResponse:
    runs = Consultation.objects.managed_by(request.user).filter(pk=found.pk).exists()
    context = {
        "consultation": found,
        "about": heard.about(found.subject),
        "rules": heard.rules_of(found),
        "result": counting.explained(found),
        "sections": [(one, heard.line(one), form) for one, form in sections],
        "wrong": next((form for _one, form in sections if form.errors), None),
        "takes_replies": consulting.takes_replies(found),
        "is_late": consulting.is_late(found),
        "overview": heard.overview(found) if runs else None,
        "recordable": recordable if consulting.takes_replies(found) else set(),
    }
    return render(request, "membership/consultation.html", context)


def _form(request: HttpRequest, found: Consultation, one: Consulted, is_own: bool) -> ReplyForm:
    """The form of one section; filled in where it is this one that was sent."""
    mine = request.method == "POST" and request.POST.get("section") == str(one.pk)
    last = max((reply.number for reply in one.replies.all()), default=0)
    return ReplyForm(
        request.POST if mine else None,
        prefix=f"r{one.pk.hex[:8]}",
        initial={"seen": last},
        is_published=found.procedure.publishes_replies,
        is_own=is_own,
    )


def _asked_by(request: HttpRequest, own: list[Consulted]) -> int:
    """Which of the sections that the person speaks for was sent; no other is found."""
    keys = [str(one.pk) for one in own]
    if request.POST.get("section") not in keys:
        raise Http404
    return keys.index(request.POST["section"])


def _reply(request: HttpRequest, one: Consulted, form: ReplyForm) -> HttpResponse | None:
    """Leads on if the reply was recorded; None where the form now says what was wrong."""
    if not form.is_valid():
        return None
    try:
        made = consulting.reply(one, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return _refused(request, one, refusal, form.cleaned_data["grounds"])
    except ValidationError as error:
        for name, errors in error.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return None
    if made.is_late:
        messages.warning(request, _("Recorded, and marked as late: it is not counted."))
    else:
        messages.success(request, _("Recorded. Until the last day it can be replaced by another."))
    return redirect("membership:coordination_consultation", one.consultation_id)


def _refused(request: HttpRequest, one: Consulted, refusal: Refused, text: str) -> HttpResponse:
    """Says what was recorded since, and gives back what was written. Nothing was changed."""
    since = refusal.since if isinstance(refusal, Overtaken) else list(one.replies.all())[-1:]
    context = {
        "message": str(refusal),
        "steps": [_step(reply) for reply in since],
        "text": text,
        "back_url": request.path,
    }
    return render(request, "membership/refused.html", context, status=409)


def _step(reply: Reply) -> dict[str, Any]:
    label, by = reply.get_answer_display(), office_name(reply.office)
    return {"at": reply.at, "label": label, "text": reply.grounds, "by": by}


# --- sponsors -------------------------------------------------------------------------------


@private
@login_required
def coordination_sponsorship(request: HttpRequest, sponsorship: uuid.UUID) -> HttpResponse:
    """Somebody named one's organisation as a sponsor: vouch, or decline.

    For a sponsor without a secretary here a coordinator records what it wrote.
    """
    scope = Sponsorship.objects.told_by(request.user).select_related(
        "organisation", "request__organisation", "request__federation",
        "request__status__federation",
    )  # fmt: skip
    found: Sponsorship = get_object_or_404(scope, pk=sponsorship)
    is_own = Sponsorship.objects.answered_by(request.user).filter(pk=found.pk).exists()
    list_url = reverse("membership:coordination_consultations")
    if not is_own:
        list_url = reverse("membership:coordination_request", args=[found.request.reference])
    door = sponsoring.answer_sponsorship if is_own else sponsoring.record_answer
    shape = SponsorForm if is_own else WrittenAnswerForm
    form = shape(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            door(found, by=request.user, **form.terms)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            found.refresh_from_db()
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Recorded. The applicant gets a letter about it."))
            return redirect(list_url)
    context = {
        "sponsorship": found,
        "about": heard.about(found.request),
        "form": form,
        "is_own": is_own,
        "list_url": list_url,
        "is_asked": found.state == Sponsorship.State.ASKED and found.request.is_open,
    }
    status = 409 if form.non_field_errors() else 200
    return render(request, "membership/sponsorship.html", context, status=status)
