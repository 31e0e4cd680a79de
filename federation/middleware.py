"""Around every request: an id for the log, headers, the end of sessions, the second factor."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from federation.accounts import has_second_factor, must_have_second_factor, proved_second_factor
from federation.logs import request_id

Handler = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Gives each request an id, shown on error pages and kept with audit events."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Kept on the request too: Django logs a refusal when this has come to its end.
        request.request_id = uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        token = request_id.set(request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class Headers(SecurityMiddleware):
    """Headers for every answer, refusals and static files included (control C25).

    Django's own are set here too: its middleware stands further in, and sets none on a
    request that it refuses itself.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.process_response(request, self.get_response(request))
        headers = response.headers
        headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Pages for somebody must not stay in any cache; without a session they may be kept.
        if not request.path.startswith(settings.STATIC_URL) and (
            _has_session(request) or response.cookies
        ):
            headers["Cache-Control"] = "no-store"
        return response


class SessionEnds:
    """Ends a session half an hour after its last request, and twelve hours after it began (C26).

    When it was last used is noted once a minute, so that reading pages writes next to nothing.
    """

    NOTED_EVERY = 60

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session: Any = request.session
        # Without a cookie there is nothing to end, and the page may be kept in caches.
        if _has_session(request) and session.keys():
            self.end_or_note(session)
        response = self.get_response(request)
        if session.modified and session.keys() and "began" not in session:
            self.end_or_note(session)
        return response

    def end_or_note(self, session: Any) -> None:
        now = int(time.time())
        began, used = session.get("began", now), session.get("used", now)
        if now - used > settings.SESSION_IDLE_AGE or now - began > settings.SESSION_COOKIE_AGE:
            session.flush()
        elif "used" not in session or now - used >= self.NOTED_EVERY:
            session.update({"began": began, "used": now})


class SecondFactor:
    """Who holds an office sees nothing without a second factor but the pages to set it up (C02).

    A session that began before the factor was set up elsewhere has not shown it, and ends.
    In the demonstration the password is enough.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if settings.DEMO or not _has_session(request) or not request.user.is_authenticated:
            return None
        if has_second_factor(request.user):
            return None if proved_second_factor(request) else self.sign_in_again(request)
        match = request.resolver_match
        is_account_page = match is not None and (match.url_name or "").startswith(
            ("account_", "mfa_")
        )
        if is_account_page or not must_have_second_factor(request.user):
            return None
        return redirect("mfa_activate_totp")

    def sign_in_again(self, request: HttpRequest) -> HttpResponseBase:
        logout(request)
        messages.info(request, _("Please sign in again, now with your second factor."))
        return redirect(settings.LOGIN_URL)


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES
