"""Decisions that wait for a second person: read, confirmed, sent back, withdrawn."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.models import Body
from directory.models.keepers import COORDINATOR
from federation import audit
from federation.files import keeping
from federation.models import User
from federation.states import Refused
from membership.desk import recording, seat_acts, teamwork
from membership.desk.waiting import title_of
from membership.forms.recording import SendBackForm
from membership.models import PreparedDecision
from membership.proceedings import leaving, seconding
from membership.seconding import preparing
from membership.seconding.rule import has_second
from membership.views.desk.seats import onwards
from membership.views.guards import private
from membership.views.recording import told_of

LIST = "membership:coordination_decisions"
AGAIN = {
    "hand_over": "membership:coordination_seat_give",
    "end_term": "membership:coordination_term_end",
    "take_back": "membership:coordination_term_take_back",
}


@private
@login_required
def prepared(request: HttpRequest, prepared: uuid.UUID) -> HttpResponse:
    """What would change, reckoned anew; another coordinator confirms it or sends it back."""
    found = _found(request, prepared)
    if found is None:
        messages.info(request, preparing.OVER)
        return redirect(LIST)
    act = request.POST.get("do", "")
    form = SendBackForm(request.POST if act == "send_back" else None)
    problems: list[str] = []
    if request.method == "POST" and (act != "send_back" or form.is_valid()):
        try:
            return _act(request, found, act, form)
        except Refused as refusal:
            problems = [str(refusal)]
        except ValidationError as refusal:
            problems = refusal.messages
    context = _page(request, found) | {"form": form}
    if problems:
        context["problems"] = problems
    status = 409 if problems else 200
    return render(request, "membership/coordination_prepared.html", context, status=status)


@private
@login_required
@require_safe
def prepared_document(request: HttpRequest, prepared: uuid.UUID) -> HttpResponse:
    """The document, for whoever confirms; that somebody opened it is noted."""
    mine = PreparedDecision.objects.managed_by(request.user)
    found = get_object_or_404(mine.exclude(document=None), pk=prepared)
    audit.record(
        audit.Action.READ, found, by=request.user, office=COORDINATOR, fields=["document"],
        federation=found.federation.slug,
    )  # fmt: skip
    return keeping.download(found.document)


def _found(request: HttpRequest, pk: uuid.UUID) -> PreparedDecision | None:
    """None for what was in the person's federations and waits no longer: letters lead here."""
    rows = PreparedDecision.objects.managed_by(request.user)
    found: PreparedDecision | None = (
        rows.select_related("federation", "proceeding").filter(pk=pk).first()
    )
    if found is None and not preparing.was_there(pk, by=request.user):
        raise Http404
    return found


def _act(
    request: HttpRequest, found: PreparedDecision, act: str, form: SendBackForm
) -> HttpResponse:
    person = request.user
    if act == "send_back":
        preparing.send_back(found, by=person, reason=form.cleaned_data["reason"])
        messages.success(request, _("Sent back. Whoever prepared it gets a letter."))
        return redirect(LIST)
    if act == "withdraw":
        preparing.withdraw(found, by=person)
        messages.success(request, _("Withdrawn. Nothing was recorded."))
        return redirect(LIST)
    if act != "confirm":
        raise Http404
    if found.proceeding is not None:
        done = seconding.confirm(found, by=person)
        messages.success(request, _("The decision is recorded."))
        return redirect("membership:coordination_proceeding", done.reference)
    if found.act:
        seat_acts.confirm(found, by=person)
        messages.success(request, str(seat_acts.ACTS[found.act].done))
        return onwards(request, found.federation)
    decision = recording.confirm(found, by=person)
    messages.success(request, _("The decision is recorded."))
    return redirect("membership:coordination_decision", decision.pk)


def _page(request: HttpRequest, found: PreparedDecision) -> dict[str, Any]:
    people = User.objects.in_bulk([key for key in (found.by, found.sent_back_by) if key])
    author = people.get(found.by)
    context: dict[str, Any] = {
        "prepared": found,
        "federation": found.federation,
        "title": title_of(found),
        "by": teamwork.called(author),
        "sent_back_by": teamwork.called(people.get(found.sent_back_by)),
        "is_own": found.by == request.user.pk,
        "is_alone": not has_second(found.federation, author or request.user),
        "file": found.document,
    }
    told = _of_proceeding if found.proceeding else _of_seat if found.act else _by_hand
    try:
        return context | told(request, found)
    except Refused as refusal:
        return context | {"problems": [str(refusal)], "is_stuck": True}
    except ValidationError as refusal:
        return context | {"problems": refusal.messages, "is_stuck": True}


def _by_hand(request: HttpRequest, found: PreparedDecision) -> dict[str, Any]:
    terms = recording.terms_of(found)
    corrects = terms.get("corrects")
    told = told_of(recording.preview(terms, by=request.user), terms)
    return told | {"corrects": corrects, "is_public": terms.get("document_is_public")}


def _of_proceeding(request: HttpRequest, found: PreparedDecision) -> dict[str, Any]:
    terms = seconding.terms_of(found)
    changes = leaving.preview(found.proceeding, by=request.user, **terms)
    given = {**terms, "decided_on": terms["verdict"].decided_on, "meeting": None}
    return {"given": given, "body_label": Body(terms["body"]).label, "changes": changes}


def _of_seat(request: HttpRequest, found: PreparedDecision) -> dict[str, Any]:
    terms = seat_acts.reckoned(found, by=request.user)
    term = terms.get("term")
    name, about = AGAIN[found.act], term or terms["seat"]
    return {
        "act": found.act,
        "terms": terms,
        "seat": seat_acts.seat_of(terms),
        "giving": None if term else seat_acts.giving_of(terms),
        "ends": [(teamwork.called(office.person), office) for office in terms.get("ends", ())],
        "again_url": f"{reverse(name, args=[about.pk])}?again={found.pk}",
    }
