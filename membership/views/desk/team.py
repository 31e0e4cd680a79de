"""Who has taken a request on, and what coordinators note for each other."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from federation.states import Refused
from membership.desk import teamwork
from membership.forms.desk import AssignForm, RequestNoteForm
from membership.views.desk.filing import found_or_404, page
from membership.views.desk.moves import refused
from membership.views.guards import private
from membership.views.kinds import REQUEST


@private
@login_required
@require_POST
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Take it on, give it to another coordinator of that federation, or give it back."""
    found = found_or_404(request, REQUEST, reference)
    user: Any = request.user
    form = AssignForm(request.POST, filing=found, user=user)
    if form.is_valid():
        try:
            teamwork.assign(found, by=user, to=form.person, was=_account(form.cleaned_data["was"]))
        except Refused as refusal:
            return refused(request, REQUEST, found, refusal)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        else:
            messages.success(request, _said(form.person, user))
    else:
        messages.warning(request, _("Choose a coordinator of this federation."))
    return redirect("membership:coordination_request", reference)


def _account(was: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(was)
    except ValueError:
        return None


def _said(person: Any, user: Any) -> str:
    if person is None:
        return _("Nobody has taken it on now.")
    if person == user:
        return _("You have taken it on.")
    return _("%(person)s has it now, and gets a letter.") % {"person": teamwork.called(person)}


@private
@login_required
@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Note something that the applicant never sees."""
    found = found_or_404(request, REQUEST, reference)
    form = RequestNoteForm(request.POST)
    if form.is_valid():
        teamwork.note(found, by=request.user, text=form.cleaned_data["text"])
        address = reverse("membership:coordination_request", args=[reference])
        return redirect(f"{address}#notes")
    context = {**page(request, REQUEST, found), "note_form": form}
    return render(request, "membership/coordination_request.html", context)
