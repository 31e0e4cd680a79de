"""The procedures of one's federations: as they are in words, their versions, and the next one.

All rows come from the federations that one coordinates: others are not found.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from federation.models import Federation, Status
from membership.forms.procedures import (
    MOST_QUESTIONS,
    BeginForm,
    PublishForm,
    RulesForm,
    question_forms,
    rearranged,
    refuse_doubles,
    touched,
)
from membership.forms.questions import field_of, name_of
from membership.models import AffiliationRequest, Procedure
from membership.procedures import publishing
from membership.procedures.examples import NAMES, example
from membership.views.desk.offices import offices_of, tabs_of
from membership.views.guards import private

State = Procedure.State


@private
@login_required
@require_safe
def coordination_procedures(request: HttpRequest) -> HttpResponse:
    """Every status of one's federations, with the version in force and the draft."""
    federations = Federation.objects.coordinated_by(request.user)
    statuses = list(
        Status.objects.filter(federation__in=federations)
        .select_related("federation")
        .order_by("federation", "position", "pk")
    )
    if not statuses and not federations.exists():
        raise PermissionDenied
    found = Procedure.objects.filter(status__in=statuses).exclude(state=State.RETIRED)
    by_state = {(one.status_id, one.state): one for one in found}  # type: ignore[attr-defined]
    tables: dict[Federation, list[dict[str, Any]]] = {}
    for status in statuses:
        row = {"status": status, "in_force": by_state.get((status.pk, State.IN_FORCE)),
               "draft": by_state.get((status.pk, State.DRAFT))}  # fmt: skip
        tables.setdefault(status.federation, []).append(row)
    tabs = tabs_of(request.user, offices_of(request.user))
    context = {**tabs, "tables": list(tables.items())}
    return render(request, "membership/procedures.html", context)


# --- one status -----------------------------------------------------------------------------


@private
@login_required
def coordination_procedure(request: HttpRequest, federation: str, status: str) -> HttpResponse:
    """The rules in force in words, the draft if there is one, and every version with its day."""
    found = _status(request, federation, status)
    form = BeginForm(request.POST if request.POST.get("do") == "begin" else None)
    if form.is_bound and form.is_valid():
        return _begin(request, found, form.cleaned_data["example"])
    versions = _versions(found)
    in_force = next((one for one in versions if one.state == State.IN_FORCE), None)
    draft = next((one for one in versions if one.state == State.DRAFT), None)
    if request.POST.get("do") == "discard" and draft:
        return _discard(request, draft)
    shown = in_force or Procedure(federation=found.federation, status=found)
    context = {
        "federation": found.federation,
        "status": found,
        "procedure": shown,
        "passages": publishing.in_words(shown),
        "draft": draft,
        "problems": publishing.problems(draft) if draft else [],
        "history": _history([one for one in versions if one.state != State.DRAFT]),
        "form": form,
    }
    return render(request, "membership/procedure.html", context)


def _status(request: HttpRequest, federation: str, status: str) -> Status:
    mine = Federation.objects.coordinated_by(request.user)
    rows = Status.objects.filter(federation__in=mine).select_related("federation")
    found: Status = get_object_or_404(rows, federation__slug=federation, slug=status)
    return found


def _versions(status: Status) -> list[Procedure]:
    """All of them, the newest first, with their questions."""
    rows = Procedure.objects.filter(status=status).order_by("-version")
    found = list(rows.prefetch_related("questions"))
    for one in found:
        one.federation, one.status = status.federation, status
    return found


def _draft(status: Status) -> Procedure:
    """The draft, which is not found if there is none."""
    found = next((one for one in _versions(status) if one.state == State.DRAFT), None)
    if found is None:
        raise Http404
    return found


def _history(versions: list[Procedure]) -> list[dict[str, Any]]:
    """Each version with what it changed in the one before."""
    before: list[Procedure | None] = [*versions[1:], None][: len(versions)]
    return [
        {"procedure": one, "changes": publishing.diff(old, one) if old else []}
        for one, old in zip(versions, before, strict=True)
    ]


def _page(status: Status, name: str = "coordination_procedure") -> HttpResponse:
    return redirect(f"membership:{name}", status.federation.slug, status.slug)


def _begin(request: HttpRequest, status: Status, begun_as: str) -> HttpResponse:
    rows = Procedure.objects.in_force().filter(status=status)
    in_force = rows.first() or Procedure(federation=status.federation, status=status)
    try:
        terms = example(begun_as) if begun_as in NAMES else None
        publishing.new_draft(in_force, request.user, terms)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return _page(status, "coordination_procedure_edit")


def _discard(request: HttpRequest, draft: Procedure) -> HttpResponse:
    try:
        publishing.discard(draft, request.user)
    except publishing.Changed as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The draft is deleted. What is in force stays so."))
    return _page(draft.status)


# --- the draft ------------------------------------------------------------------------------


@private
@login_required
def coordination_procedure_edit(request: HttpRequest, federation: str, status: str) -> HttpResponse:
    """Writes the draft. Buttons beside the questions add and move them before anything is saved."""
    draft = _draft(_status(request, federation, status))
    act = request.POST.get("do", "") if request.method == "POST" else None
    if act is None:
        return _editor(request, draft, RulesForm(instance=draft), question_forms(draft))
    if act not in ("save", "preview"):
        data = rearranged(request.POST, act)
        asked = question_forms(draft, data, quiet=True)
        for one in asked:
            one.is_touched = one.number == touched(act)
        return _editor(request, draft, RulesForm(data, instance=draft, quiet=True), asked)
    seen = request.POST.get("seen", "")
    form, asked = RulesForm(request.POST, instance=draft), question_forms(draft, request.POST)
    valid = all([form.is_valid(), *(one.is_valid() for one in asked)])
    refuse_doubles(asked)
    if not valid or any(one.errors for one in asked):
        return _editor(request, draft, form, asked, seen=seen)
    try:
        saved = publishing.save_draft(
            draft, request.user, rules=publishing.rules_of(form.instance),
            questions=[one.terms for one in asked], seen=seen,
        )  # fmt: skip
    except publishing.Changed as refusal:
        return _overtaken(request, refusal, form, asked)
    messages.success(request, _("The draft is saved. Nothing changes before it is published."))
    return _page(saved.status, f"coordination_procedure{'_preview' if act == 'preview' else ''}")


def _editor(
    request: HttpRequest, draft: Procedure, form: RulesForm, asked: list[Any], *,
    seen: str = "", code: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    context = {
        "federation": draft.federation,
        "status": draft.status,
        "draft": draft,
        "form": form,
        "asked": asked,
        "errors": _Errors([form, *asked]),
        "seen": seen or request.POST.get("seen") or publishing.mark(draft),
        "may_add": len(asked) < MOST_QUESTIONS,
        "most": MOST_QUESTIONS,
        **more,
    }
    return render(request, "membership/procedure_edit.html", context, status=code)


class _Errors:
    """Several forms in one summary of errors."""

    def __init__(self, several: list[Any]) -> None:
        self.several = several

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.several)

    def non_field_errors(self) -> list[str]:
        return [error for form in self.several for error in form.non_field_errors()]

    def __iter__(self) -> Any:
        return (field for form in self.several for field in form)


def _overtaken(
    request: HttpRequest, refusal: publishing.Changed, form: RulesForm, asked: list[Any]
) -> HttpResponse:
    """Nothing was saved: shows what stands now and what differs; saving again is then meant."""
    if refusal.now is None:
        messages.warning(request, _("The draft was published or deleted meanwhile."))
        return _page(form.instance.status)
    mine = form.instance
    mine.unsaved_questions = [one.instance for one in asked]
    changes = publishing.diff(refusal.now, mine)
    return _editor(
        request, mine, form, asked, seen=publishing.mark(refusal.now), code=409,
        changes=changes, refusal=refusal,
    )  # fmt: skip


# --- preview --------------------------------------------------------------------------------


@private
@login_required
@require_safe
def coordination_procedure_preview(
    request: HttpRequest, federation: str, status: str
) -> HttpResponse:
    """What applicants will read and be asked, in the language of the page. Nothing is stored."""
    versions = _versions(_status(request, federation, status))
    asked_for = request.GET.get("version", "")
    found = next((one for one in versions if str(one.version) == asked_for), None)
    if found is None and (asked_for or not versions):
        raise Http404
    shown = found or versions[0]
    context = {
        "federation": shown.federation,
        "status": shown.status,
        "procedure": shown,
        "passages": publishing.in_words(shown),
        "questions": _as_asked(shown),
    }
    return render(request, "membership/procedure_preview.html", context)


def _as_asked(procedure: Procedure) -> list[forms.BoundField]:
    """The questions as fields, which lead nowhere here."""
    fields = {name_of(one): field_of(one) for one in publishing.questions_of(procedure)}
    form = type("PreviewForm", (forms.Form,), fields)()
    return list(form)


# --- publishing -----------------------------------------------------------------------------


@private
@login_required
def coordination_procedure_publish(
    request: HttpRequest, federation: str, status: str
) -> HttpResponse:
    """Shows what will change and for whom not; the button puts the draft in force."""
    found = _status(request, federation, status)
    draft, code = _draft(found), 200
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            publishing.publish(draft, request.user, **form.cleaned_data)
        except publishing.Changed as refusal:
            if refusal.now is None:
                messages.warning(request, _("The draft was published or deleted meanwhile."))
                return _page(found)
            form, code = PublishForm(initial=form.cleaned_data), 409
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("It is in force. Whoever asks from now on asks under it."))
            return _page(found)
    return _publish_page(request, draft, form, code)


def _another(request: HttpRequest, draft: Procedure) -> list[str]:
    return [str(publishing.ANOTHER)] if publishing.wants_another(draft, request.user) else []


def _publish_page(
    request: HttpRequest, draft: Procedure, form: PublishForm, code: int
) -> HttpResponse:
    status = draft.status
    in_force = next((one for one in _versions(status) if one.state == State.IN_FORCE), None)
    keep = AffiliationRequest.objects.filter(status=status, state__in=AffiliationRequest.OPEN)
    context = {
        "federation": status.federation,
        "status": status,
        "draft": draft,
        "form": form,
        "seen": publishing.mark(draft),
        "is_overtaken": code == 409,
        "changes": publishing.diff(in_force, draft) if in_force else [],
        "passages": [] if in_force else publishing.in_words(draft),
        "problems": publishing.problems(draft) + _another(request, draft),
        "warnings": publishing.warnings(draft),
        "running": keep.count(),
    }
    return render(request, "membership/procedure_publish.html", context, status=code)
