"""Pages of the demonstration: who one may sign in as, what to try, and the letters sent.

They answer with DEMO alone: the site map leaves them out, and each asks once more.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login as sign_in
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from federation.demo import letters
from federation.demo.facts import read
from federation.demo.people import LOGINS, PASSWORD
from federation.models import Letter, User
from federation.models.accounts import email_index
from membership.models import AffiliationRequest, EntryClaim, MembershipApplication

View = Callable[..., HttpResponse]


def in_demo(view: View) -> View:
    """A 404 unless this is the demonstration; never kept in a cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(guarded)


@in_demo
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The logins, two ways to walk, and what waits in every state."""
    return render(
        request,
        "demo/index.html",
        {
            "logins": LOGINS,
            "password": PASSWORD,
            "requests": _ours(AffiliationRequest, "requests", "status__federation"),
            "claims": _ours(EntryClaim, "claims", "organisation"),
            "applications": _one_in_each_state(
                _ours(MembershipApplication, "applications", "organisation")
            ),
        },
    )


def _ours(model: Any, name: str, *related: str) -> list[Any]:
    """Of those the demonstration made itself, state by state; nobody else's stand here."""
    references = [row["reference"] for row in read("filings")[name]]
    found = model.objects.filter(reference__in=references).select_related(*related)
    return sorted(found, key=lambda filing: model.State.values.index(filing.state))


def _one_in_each_state(applications: list[MembershipApplication]) -> list[MembershipApplication]:
    """One of each organisation: there are a dozen accepted ones."""
    return list({(one.organisation_id, one.state): one for one in applications}.values())


@in_demo
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in with one button as one of the logins, and nobody else."""
    email = request.POST.get("email", "")
    if email not in {login.email for login in LOGINS}:
        raise Http404
    user = get_object_or_404(User, email_index=email_index(email), is_active=True)
    sign_in(request, user)
    return redirect("admin:index" if user.is_superuser else "membership:coordination")


@in_demo
@require_GET
def mail(request: HttpRequest) -> HttpResponse:
    """The letters sent, newest first."""
    if request.GET.get("format") == "json":
        return mail_json(request)
    shown = [letters.shown(letter) for letter in letters.newest()]
    return render(request, "demo/mail.html", {"shown": shown, "count": Letter.objects.count()})


@in_demo
@require_GET
def mail_json(request: HttpRequest) -> HttpResponse:
    """The same for a script."""
    results = [letters.as_json(letter) for letter in letters.newest()]
    return JsonResponse(
        {"count": Letter.objects.count(), "results": results},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
