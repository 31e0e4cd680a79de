"""What the pages of applicants have in common: privacy, allowances, drafts made once."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control

from federation.limits import client_network, spend
from membership.entrance import codes, guards, sessions
from membership.models import Filing

View = Callable[..., HttpResponse]

HOUR = datetime.timedelta(hours=1)
DRAFTS_AN_HOUR = 60
PROOFS_AN_HOUR = 60
DRAFT = "draft"

# Nothing of what applicants see stays in a cache, nor in the browser's memory of pages.
private: Callable[[View], View] = cache_control(no_store=True, private=True)


def may(request: HttpRequest, purpose: str, amount: int) -> bool:
    """Take one from what the visitor's network may do in an hour."""
    return spend(purpose, client_network(request), amount=amount, per=HOUR)


def too_many(request: HttpRequest, amount: int) -> HttpResponse:
    """The allowance is spent; by the time named, one more is there."""
    seconds = int(HOUR.total_seconds()) // amount
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "membership/too_many.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def must_wait(
    request: HttpRequest, reference: str, refusal: guards.MustWait, check_url: str
) -> HttpResponse:
    """The draft is kept; it says when to try again, and how to do it sooner."""
    minutes = -(-refusal.seconds // 60)
    context = {"reference": reference, "minutes": minutes, "check_url": check_url}
    response = render(request, "membership/must_wait.html", context, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def save_draft(request: HttpRequest, form: Any, empty: Any) -> Any:
    """The one draft of the form's token, with what was entered; untouched, if it was sent already.

    A second click, or going back and sending again, comes to the same draft.
    """
    try:
        draft = _fill_in(form, empty)
    except IntegrityError:
        # Sent twice at the same moment: the other one has just made it.
        draft = _fill_in(form, empty)
    sessions.keep_draft(request, draft)
    return draft


def _fill_in(form: Any, empty: Any) -> Any:
    with transaction.atomic():
        rows = type(empty)._default_manager.select_for_update().filter(form_token=form.token)
        draft = rows.first() or empty
        if draft.state != DRAFT:
            return draft
        before = draft.email
        draft.form_token = form.token
        draft.language = get_language() or ""
        form.fill(draft)
        if draft.email != before:
            # A code that went to the former address says nothing about the new one.
            draft.code_hash = ""
        draft.save()
    return draft


def ask_for_code(request: HttpRequest, draft: Filing) -> bool:
    """Mail the code that will send the draft off; False if the address has had its share."""
    with transaction.atomic():
        fresh: Any = type(draft)._default_manager.select_for_update().get(pk=draft.pk)
        sent = codes.was_just_sent(fresh) or codes.send_code(fresh)
    place = sessions.place_of(type(draft), draft.reference)
    sessions.expect_code(request, place, fresh.email_index, sends=True)
    return bool(sent)
