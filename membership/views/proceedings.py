"""Proceedings about organisations that are affiliated: the list, one of them, and every move.

The coordinators of the federation make the moves; the secretaries of the organisation read
along, speak, appeal, and take back what they asked for; those of the other organisation say
whether it agrees. Rows come from `visible_to(user)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from directory.models.keepers import SECRETARY
from federation.states import Move, NotOpen, Overtaken, Refused, moves_for
from membership.consultations import counting, heard
from membership.desk.filters import ProceedingFilter
from membership.desk.next_steps import next_step
from membership.forms import proceedings as forms
from membership.letters.telling import page_of
from membership.models import Proceeding
from membership.proceedings import leaving, seconding
from membership.proceedings.demands import what_the_other_holds_up, who_decides
from membership.references import normal
from membership.seconding.rule import has_second
from membership.summaries import office_name
from membership.views import lists
from membership.views.desk import offices_of, show_errors, tabs_of
from membership.views.guards import private

PAGE = "membership:coordination_proceeding"
Row = dict[str, Any]
AGREES = {True: gettext_lazy("yes"), False: gettext_lazy("no")}
# What cannot be done of these the next step says already, or nobody expects it to be possible.
UNSAID = ("agree", "object", "attest", "appeal")


@dataclass(frozen=True)
class Door:
    """A verb of the workflow, and what is filled in for it."""

    form: type[forms.ProceedingForm]
    act: Callable[..., Proceeding]


DOORS = {
    "hear": Door(forms.HearForm, leaving.hear),
    "speak": Door(forms.SpeakForm, leaving.speak),
    "agree": Door(forms.OtherForm, leaving.agree),
    "object": Door(forms.OtherForm, leaving.object_to),
    "attest": Door(forms.AttestForm, leaving.attest),
    "appeal": Door(forms.AppealForm, leaving.appeal),
    "consult": Door(forms.NoteForm, leaving.consult),
    "conclude": Door(forms.NoteForm, leaving.conclude),
    "defer": Door(forms.DeferForm, leaving.defer),
    "decide": Door(forms.DecideForm, leaving.decide),
    "drop": Door(forms.ReasonForm, leaving.drop),
    "retract": Door(forms.RetractForm, leaving.retract),
}


@private
@login_required
@require_safe
def coordination_proceedings(request: HttpRequest) -> HttpResponse:
    """Those of one's federations, and those about one's organisations."""
    offices = offices_of(request.user)
    found = Proceeding.objects.visible_to(request.user).with_last_days()
    found = found.select_related("organisation", "federation", "meeting__federation")
    listed = ProceedingFilter(request.GET, queryset=found, user=request.user)
    context = {
        **tabs_of(request.user, offices),
        "filter": listed,
        "page": lists.page_of(request, listed.qs if listed.is_valid() else found.none()),
    }
    return render(request, "membership/proceedings.html", context)


# --- one of them ----------------------------------------------------------------------------


@private
@login_required
@require_safe
def coordination_proceeding(request: HttpRequest, reference: str) -> HttpResponse:
    """What it is about, what has happened, what can be done now, and what cannot yet."""
    found = _found(request, reference)
    others = Proceeding.objects.visible_to(request.user).exclude(pk=found.pk)
    others = others.filter(organisation=found.organisation, federation=found.federation)
    context = {
        "proceeding": found,
        "next": next_step(found),
        "rows": _rows(found),
        "steps": _steps(found, request.user),
        "moves": [move for move in moves_for(found, request.user) if move.verb in DOORS],
        "not_yet": _not_yet(found, request.user),
        "others": others,
        **_consultation(found, request.user),
        **_waiting(found, request.user),
    }
    return render(request, "membership/proceeding.html", context)


def _waiting(found: Proceeding, user: Any) -> Row:
    """The decision that waits for a second person, for those who decide."""
    prepared = seconding.prepared_now(found)
    if prepared is None or "decider" not in found.roles_of(user):
        return {}
    return {"prepared": prepared, "is_own": prepared.by == user.pk}


def _consultation(found: Proceeding, user: Any) -> Row:
    """All of it for those who run it; for the others what the federation publishes of it."""
    consultation = found.last_consultation
    if Proceeding.objects.managed_by(user).filter(pk=found.pk).exists():
        return {"overview": heard.overview(consultation)}
    replies = heard.published(consultation)
    return {"replies": replies, "result": counting.explained(consultation) if replies else []}


def _found(request: HttpRequest, reference: str) -> Proceeding:
    if normal(reference) != reference:
        raise Http404
    rows = Proceeding.objects.visible_to(request.user).with_last_days()
    rows = rows.select_related(
        "organisation", "federation", "other", "status__federation",
        "meeting__federation", "decision__entry",
    )  # fmt: skip
    found: Proceeding = get_object_or_404(rows, reference=reference)
    return found


def _rows(found: Proceeding) -> list[Row]:
    """What it is about, in words; what was not asked for in this kind has no row."""
    said = [
        (_("Kind"), found.get_kind_display()),
        (_("Federation"), found.federation.name),
        (_("The other organisation"), found.other and found.other.name),
        (_("The other organisation agrees"), AGREES.get(found.other_agrees)),
        (_("Status wanted"), found.status and found.status.label),
        (_("Grounds"), found.grounds),
        (_("Who decided it"), found.assembly),
        (_("Wanted from"), _day(found.wanted_on)),
        (_("May speak until"), _day(found.hearing_until)),
        (_("Put off to"), found.meeting),
        (_("Who decides"), " ".join(who_decides(found)) if found.is_open else ""),
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _steps(found: Proceeding, user: Any, since: Any = None) -> list[Row]:
    """The timeline: which office did it, and whether that was oneself; no name of a person."""
    steps = found.steps.all() if since is None else since
    rows = [
        {"at": step.at, "label": step.label, "text": step.note, "by": _by(step, user)}
        for step in steps
    ]
    if since is None:
        opened = {"at": found.opened_at, "label": _("Opened"), "by": office_name(found.opened_by)}
        rows.insert(0, opened)
    return rows


def _by(step: Any, user: Any) -> str:
    if step.by is None:
        return _("by the rule")
    office = office_name(step.office)
    return _("%(office)s (you)") % {"office": office} if step.by == user.pk else office


def _not_yet(found: Proceeding, user: Any) -> list[Row]:
    """The moves that would be theirs now if nothing stood in the way, under what does."""
    roles = found.roles_of(user)
    reasons: dict[str, list[Any]] = {}
    for move in found.MOVES:
        if move.verb not in DOORS or move.who not in roles or found.state not in move.sources:
            continue
        if move.verb in UNSAID:
            continue
        why = str(found.forbids(move.verb))
        # What the organisation has not asked for it need not be told that it cannot take back.
        if why and not (move.verb == "retract" and found.opened_by != SECRETARY):
            reasons.setdefault(why, []).append(move.label)
    return [{"why": why, "labels": labels} for why, labels in reasons.items()]


# --- moves ----------------------------------------------------------------------------------


@private
@login_required
def coordination_proceeding_move(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Asks for what the move needs, and makes it; a decision is shown in words before."""
    found = _found(request, reference)
    if verb not in DOORS or _is_not_theirs(found, verb, request.user):
        raise Http404
    rule = found.move_named(verb)
    form = DOORS[verb].form(request.POST if request.method == "POST" else None, proceeding=found)
    changes: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            changes = _changes(request, found, rule, form)
            if not changes:
                done = DOORS[verb].act(found, by=request.user, **form.terms)
                _confirm(request, rule, done)
                return redirect(PAGE, reference)
        except Refused as refusal:
            return _refused(request, found, refusal, form, rule)
        except ValidationError as error:
            show_errors(form, error)
    elif request.method != "POST" and rule not in moves_for(found, request.user):
        return _refused(request, found, NotOpen(found.forbids(verb)), form, rule)
    context = {"proceeding": found, "form": form, "move": rule, "changes": changes}
    context |= {"held_up": what_the_other_holds_up(found)}
    if changes and leaving.needs_second(found, form.terms["verdict"]):
        is_alone = not has_second(found.federation, request.user)
        context |= {"needs_second": True, "is_alone": is_alone}
    return render(request, "membership/proceeding_move.html", context)


def _is_not_theirs(found: Proceeding, verb: str, user: Any) -> bool:
    """Somebody else's move: for this person there is no such page."""
    return found.move_named(verb).who not in found.roles_of(user)


def _changes(
    request: HttpRequest, found: Proceeding, rule: Move, form: forms.ProceedingForm
) -> list[str]:
    """What a decision would change, until the person has seen it."""
    if rule.verb != "decide" or "confirmed" in request.POST:
        return []
    return leaving.preview(found, by=request.user, **form.terms)


def _confirm(request: HttpRequest, rule: Move, done: Proceeding) -> None:
    if rule.verb != "decide":
        messages.success(request, _("Done. Those concerned get a letter about it."))
        return
    text = _("Recorded in the register of decisions. The directory follows it.")
    if done.is_open:
        text = _("Proposed. Another coordinator gets a letter and confirms it, or does not.")
    messages.success(request, text)


def _refused(
    request: HttpRequest, found: Proceeding, refusal: Refused, form: Any, rule: Move
) -> HttpResponse:
    """Says what happened since. Nothing was changed.

    Where the move is still open, its form stands there again as it was filled in, and whoever
    sends it now knows what has happened.
    """
    fresh = _found(request, found.reference)
    since = refusal.since if isinstance(refusal, Overtaken) else list(fresh.steps.all())[-1:]
    context = {
        "message": str(refusal),
        "steps": _steps(fresh, request.user, since),
        "back_url": page_of(fresh),
    }
    if form.is_bound and rule in moves_for(fresh, request.user):
        form.data = form.data.copy()
        form.data["seen"] = str(fresh.step)
        context |= {"form": form, "label": rule.label}
    elif form.is_bound:
        context["text"] = form.data.get("note", "")[:5000]
    return render(request, "membership/refused.html", context, status=409)
