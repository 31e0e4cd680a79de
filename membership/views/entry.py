"""An entry at the desk: whether it is still right, what waits about it, and its shield."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory import freshness, shielding
from directory.models import Organisation, Shielding
from membership.entries import confirmations
from membership.forms.care import ConfirmForm, ShieldForm
from membership.models import Confirmation, EntryClaim, ErrorReport, Proceeding
from membership.views.guards import private
from membership.views.opening import running_bonds

LAST = 5
PAGE = "membership:coordination_organisation"


def _found(request: HttpRequest, slug: str) -> Organisation:
    """Theirs to shield; everything else on these pages asks for more."""
    found: Organisation = get_object_or_404(shielding.shieldable_by(request.user), slug=slug)
    return found


@private
@login_required
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = _found(request, slug)
    shields = Shielding.objects.visible_to(request.user).filter(organisation=found)
    said = Confirmation.objects.visible_to(request.user).filter(organisation=found)
    context = {
        "organisation": found,
        "manages": Organisation.objects.managed_by(request.user).contains(found),
        "is_overdue": freshness.is_overdue(found, timezone.localdate()),
        "shieldings": list(shields[:LAST]),
        "confirmations": list(said[:LAST]),
        "claims": EntryClaim.objects.managed_by(request.user).open().filter(organisation=found),
        "reports": ErrorReport.objects.managed_by(request.user).open().filter(organisation=found),
        "bonds": running_bonds(request.user).filter(organisation=found),
        "proceedings": Proceeding.objects.visible_to(request.user)
        .open()
        .filter(organisation=found),
        "is_secretary": Organisation.objects.kept_by(request.user).contains(found),
    }
    return render(request, "membership/coordination_organisation.html", context)


@private
@login_required
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Those who keep the record say that it is right, and how they know."""
    managed = Organisation.objects.managed_by(request.user).filter(visibility__in=Organisation.OPEN)
    found = get_object_or_404(managed, slug=slug)
    is_secretary = Organisation.objects.kept_by(request.user).contains(found)
    data = request.POST if request.method == "POST" else None
    form = ConfirmForm(data, by_secretary=is_secretary)
    if request.method == "POST" and form.is_valid():
        confirmations.at_the_desk(found, by=request.user, note=form.cleaned_data["note"])
        messages.success(request, _("Confirmed from today on."))
        return redirect(PAGE, slug)
    context = {"organisation": found, "form": form}
    return render(request, "membership/coordination_confirm.html", context)


@private
@login_required
def shield(request: HttpRequest, slug: str) -> HttpResponse:
    """One button, and a reason if there is time for one."""
    found = _found(request, slug)
    form = ShieldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        shielding.shield(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("Shielded. Contacts, place, websites and description are withdrawn.")
        )
        return redirect(PAGE, slug)
    if found.is_shielded:
        return redirect(PAGE, slug)
    context = {"organisation": found, "form": form}
    return render(request, "membership/coordination_shield.html", context)


@private
@login_required
def unshield(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked once more, since it makes public again what was withdrawn."""
    managed = Organisation.objects.managed_by(request.user).filter(visibility__in=Organisation.OPEN)
    found = get_object_or_404(managed, slug=slug)
    if request.method == "POST":
        shielding.unshield(found, by=request.user)
        messages.success(request, _("The shield is taken away: the whole entry is public again."))
        return redirect(PAGE, slug)
    if not found.is_shielded:
        return redirect(PAGE, slug)
    return render(request, "membership/coordination_unshield.html", {"organisation": found})
