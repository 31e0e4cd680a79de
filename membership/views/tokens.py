"""The tokens by which programs act for oneself: made, shown once, revoked."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from federation import tokens
from federation.models import ApiToken
from membership.forms.tokens import TokenForm
from membership.views.desk.offices import offices_of, tabs_of
from membership.views.guards import private

AT_MOST = 20


@private
@login_required
def coordination_tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and the form for another; its text is shown this one time."""
    offices = offices_of(request.user)
    if not any(offices.values()):
        raise PermissionDenied  # nothing of the API is an operator's
    mine = ApiToken.objects.managed_by(request.user)
    form = TokenForm(request.POST if request.method == "POST" else None)
    text = ""
    if request.method == "POST" and form.is_valid():
        if mine.valid().count() >= AT_MOST:
            form.add_error(None, _("You have many tokens already. Revoke one first."))
        else:
            _token, text = tokens.make_token(
                request.user,  # type: ignore[arg-type]
                label=form.cleaned_data["label"],
                expires_on=form.expires_on,
                may_write=form.cleaned_data["may_write"],
            )
            form = TokenForm()
    valid = set(mine.valid().values_list("pk", flat=True))
    rows = [(token, token.pk in valid) for token in mine]
    context = {**tabs_of(request.user, offices), "form": form, "tokens": rows, "text": text}
    return render(request, "membership/tokens.html", context)


@private
@login_required
@require_POST
def coordination_token_revoke(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End a token of one's own."""
    token = get_object_or_404(ApiToken.objects.managed_by(request.user), pk=key)
    tokens.revoke(token)
    messages.success(request, _("The token opens nothing any more."))
    return redirect("membership:coordination_tokens")
