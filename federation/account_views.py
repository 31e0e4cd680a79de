"""Pages of signing in that are ours; the others are allauth's, see `account_urls`."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import PasswordChangeView
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from federation.account_forms import AskForLetter, SetPassword
from federation.accounts import (
    FACTOR_REMOVED,
    FACTOR_SET_UP,
    NEW_CODES,
    NEW_PASSWORD,
    Change,
    send_password_letter,
    tell,
)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and have the browser forget what it kept of it."""
    get_adapter().logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def ask_for_letter(request: HttpRequest) -> HttpResponse:
    """The password is forgotten: mail a link. The answer is the same for every address."""
    form = AskForLetter(request.POST or None)
    if request.method == "POST":
        refused: HttpResponse | None = consume_or_429(request, action="reset_password")
        if refused:
            return refused
        if form.is_valid():
            send_password_letter(form.cleaned_data["email"], get_language() or "")
            return redirect("account_reset_password_done")
    return render(request, "account/ask_for_letter.html", {"form": form})


class SetPasswordView(PasswordResetConfirmView):
    """Where the link of a letter leads. A new password ends all sessions and signs nobody in."""

    form_class = SetPassword
    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refused: HttpResponse | None = consume_or_429(request, action="reset_password_from_key")
        return refused or super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            tell(NEW_PASSWORD, self.user)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response


class Told:
    """For a view of allauth: the change and what is told of it are one transaction."""

    change: Change
    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponseBase:
        person: Any = self.request.user
        with transaction.atomic():
            response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
            tell(self.change, person)
        return response


class ChangePasswordView(Told, PasswordChangeView):  # type: ignore[misc]
    """A new password ends all other sessions: their hash of the old one fits no longer."""

    change = NEW_PASSWORD
    success_url = reverse_lazy("mfa_index")


class SetUpAppView(Told, ActivateTOTPView):  # type: ignore[misc]
    """Setting up the app proves that one has it: the session counts as signed in with it."""

    change = FACTOR_SET_UP

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        groups = re.findall("....", context["form"].secret)
        return {**context, "key": " ".join(groups)}

    def form_valid(self, form: Any) -> HttpResponseBase:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


class RemoveAppView(Told, DeactivateTOTPView):  # type: ignore[misc]
    change = FACTOR_REMOVED


class NewCodesView(Told, GenerateRecoveryCodesView):  # type: ignore[misc]
    change = NEW_CODES


@login_required
@require_GET
def totp_qr(request: HttpRequest) -> HttpResponse:
    """The secret that is being set up, as a picture. Inside the page the policy forbids it."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_factor_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")
