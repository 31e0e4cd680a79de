"""Pages of the installation itself: health, errors, privacy, the well-known files."""

import datetime
import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from federation import heartbeat
from federation.logs import request_id
from federation.outages import NOT_SAVED, TRY_AGAIN_AFTER, is_outage
from federation.problems import refused

CONTACT_IS_GOOD_FOR = datetime.timedelta(days=180)


# --- health ---------------------------------------------------------------------------------


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody else, the database least of all."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database answers and has this code's migrations; else 503.

    It also says whether the worker is alive. That alone makes nobody stay away: the pages
    work without it, and letters wait.
    """
    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
        worker = "unknown" if behind else heartbeat.state()
    except (DatabaseError, InterfaceError):
        connection.close()
        return JsonResponse({"database": "unreachable"}, status=503)
    state = {"database": "ok", "migrations": "missing" if behind else "ok", "worker": worker}
    return JsonResponse(state, status=503 if behind else 200)


# --- errors ---------------------------------------------------------------------------------


def answer(request: HttpRequest, status: int, template: str = "", **headers: str) -> HttpResponse:
    """An error as a page, or as a problem where the API was asked."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        known = HTTPStatus(status)
        told = NOT_SAVED if status == 503 else known.description or known.phrase
        response = refused(status, str(told))
    elif status in (400, 413, 500, 503):
        # What the request says of itself, or the database, cannot be relied on.
        context = {"site_name": settings.SITE_NAME, "request_id": request_id.get()}
        if status == 503 and request.method == "POST":
            context |= {"not_saved": NOT_SAVED, "sent": sent_again(request)}
        response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    else:
        response = render(request, template or f"{status}.html", status=status)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was sent from elsewhere, or its page is too old."""
    return answer(request, 403, "403_csrf.html")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return answer(request, 429, Retry_After=str(TRY_AGAIN_AFTER))


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; or the database is away, and then it is worth trying again soon."""
    if is_outage(sys.exc_info()[1]):
        connection.close()
        return answer(request, 503, Retry_After=str(TRY_AGAIN_AFTER))
    return answer(request, 500)


def sent_again(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to stand in the page hidden and be sent once more; no file, no password.

    Only what was read already: a form that broke off in the middle cannot be had again.
    """
    was_read = getattr(request, "_post", None) is not None
    if not was_read or request.FILES or any("password" in name for name in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]


# --- texts ----------------------------------------------------------------------------------


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy.html", about_installation())


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html", about_installation())


def about_installation() -> dict[str, Any]:
    return {"contact": contact_address(), "contact_url": contact_url()}


def contact_url() -> str:
    """SECURITY_CONTACT as an address to follow: a mail address gets its `mailto:`."""
    contact = settings.SECURITY_CONTACT
    return f"mailto:{contact}" if contact and ":" not in contact else contact


def contact_address() -> str:
    return contact_url().removeprefix("mailto:")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    text = render_to_string("robots.txt", {"sitemap": f"{settings.SITE_URL}/sitemap.xml"})
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponseBase:
    """Whom to tell about a weakness (RFC 9116). Its term moves on day by day."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "contact": contact_url(),
        "expires": (today + CONTACT_IS_GOOD_FOR).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "site_url": settings.SITE_URL,
    }
    text = render_to_string("security.txt", context).strip() + "\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
