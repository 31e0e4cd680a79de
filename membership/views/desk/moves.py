"""Every move of the desk: its form, what it does, and what it says when somebody was quicker."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from federation.files.receiving import takes_files
from federation.states import Move, NotOpen, Overtaken, Refused, moves_for
from membership.models import AffiliationRequest, ErrorReport
from membership.requests.deciding import needs_second
from membership.summaries import steps_for_deciders
from membership.views.desk.filing import found_or_404
from membership.views.desk.proposal import PROPOSED, confirm_proposal
from membership.views.guards import private
from membership.views.kinds import REQUEST, Desk


@takes_files
@private
@login_required
def move(request: HttpRequest, kind: Desk, reference: str, verb: str) -> HttpResponse:
    """Asks for what the move needs, and makes it."""
    found = found_or_404(request, kind, reference)
    if verb not in kind.doors:
        raise Http404
    door, rule = kind.doors[verb], kind.model.move_named(verb)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = door.form(*sent, filing=found)
    if request.method == "POST" and form.is_valid():
        try:
            done = door.act(found, by=request.user, **form.terms)
        except Refused as refusal:
            return refused(request, kind, found, refusal, form, rule)
        except ValidationError as error:
            show_errors(form, error)
        else:
            _confirm(request, rule, done)
            return redirect(f"membership:coordination_{kind.name}", reference)
    elif rule not in moves_for(found, request.user):
        return refused(request, kind, found, NotOpen(found.forbids(verb)), form, rule)
    context = {
        "kind": kind, "filing": found, "form": form, "move": rule, "label": label(found, rule),
    }  # fmt: skip
    return render(request, "membership/coordination_move.html", context)


def label(found: Any, rule: Move) -> str:
    """What the move is called here: some are only proposed."""
    if isinstance(found, AffiliationRequest) and needs_second(found, found.status):
        return str(PROPOSED.get(rule.verb, rule.label))
    return str(rule.label)


@private
@login_required
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """A second person confirms what was proposed."""
    found = found_or_404(request, REQUEST, reference)
    return confirm_proposal(
        request, found, lambda refusal: refused(request, REQUEST, found, refusal)
    )


def show_errors(form: Any, error: ValidationError) -> None:
    """Beside the fields where there are such fields, else on top of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, errors in error.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _confirm(request: HttpRequest, rule: Move, done: Any) -> None:
    organisation = done.organisation
    if isinstance(done, ErrorReport):
        days = ErrorReport.KEPT.days
        messages.success(request, _("Done. It is deleted in %(days)s days.") % {"days": days})
    elif not isinstance(done, AffiliationRequest):
        messages.success(request, _("Done. The applicant gets a letter about it."))
    elif rule.verb in PROPOSED and done.is_open:
        text = _("Proposed. Another coordinator gets a letter and confirms it, or does not.")
        messages.success(request, text)
    elif rule.verb == "accept" and organisation is not None:
        text = _("Accepted. {link} stands in the directory with its status.")
        address = organisation.get_absolute_url()
        link = format_html('<a href="{}"><bdi>{}</bdi></a>', address, organisation.name)
        messages.success(request, format_html(text, link=link))
    elif rule.verb == "conclude":
        messages.success(request, _("Done. The result is counted and stays as it is."))
    else:
        messages.success(request, _("Done. The applicant gets a letter about it."))


def refused(
    request: HttpRequest,
    kind: Desk,
    found: Any,
    refusal: Refused,
    form: Any = None,
    rule: Move | None = None,
) -> HttpResponse:
    """Says what happened since, and gives back what was written. Nothing was changed.

    Where the move is still open, its form stands there again as it was filled in, and whoever
    sends it now knows what has happened.
    """
    fresh = found_or_404(request, kind, found.reference)
    since = refusal.since if isinstance(refusal, Overtaken) else list(fresh.steps.all())[-1:]
    bound = form is not None and form.is_bound
    context = {
        "message": str(refusal),
        "steps": steps_for_deciders(since, request.user),
        "back_url": kind.url(f"coordination_{kind.name}", found.reference),
    }
    if bound and rule is not None and rule in moves_for(fresh, request.user):
        context |= {"form": _again(form, fresh.step), "label": label(fresh, rule)}
    elif bound:
        context["text"] = form.data.get("note", "")[:5000]
    return render(request, "membership/refused.html", context, status=409)


def _again(form: Any, step: int) -> Any:
    """The same form with what was typed, to be sent in the knowledge of the last step."""
    form.data = form.data.copy()
    form.data["seen"] = str(step)
    return form
