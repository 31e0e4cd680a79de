"""What was filed, followed by its reference: check, code, timeline, answer, withdrawal.

Requests and applications have the same pages. Nobody learns here whether something is filed
under a reference until the code for it was typed.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from federation.states import Overtaken, Refused
from membership import references
from membership.entrance import codes, guards, sessions
from membership.forms.following import (
    AnswerForm,
    AppealForm,
    CodeForm,
    EmailForm,
    FindForm,
    WithdrawForm,
)
from membership.models import AffiliationRequest
from membership.models.members import email_index
from membership.requests import followed, workflow
from membership.requests.namesakes import unanswered
from membership.summaries import deciders_of, groups, open_parts, rows, steps_for_applicant
from membership.views.guards import (
    DRAFT,
    PROOFS_AN_HOUR,
    ask_for_code,
    may,
    must_wait,
    private,
    too_many,
)
from membership.views.kinds import Kind

# --- the way in -----------------------------------------------------------------------------


@private
def find(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Asks for reference and address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _send_code(request, kind, form.cleaned_data["reference"], form.cleaned_data["email"])
    return render(request, "membership/find.html", {"kind": kind, "form": form})


@private
def follow(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    """What was filed under the reference, for its owner; anybody else is asked for the address."""
    form = FindForm({"reference": reference, "email": ""})
    form.full_clean()
    if "reference" in form.errors:
        # Only the reference is at fault here; nobody was asked for an address yet.
        form.errors.pop("email", None)
        return render(request, "membership/find.html", {"kind": kind, "form": form}, status=404)
    exact = form.cleaned_data["reference"]
    if reference != exact:
        return redirect(kind.page(exact))
    filing = _own(request, kind, reference)
    if filing is None:
        return _prove(request, kind, reference)
    if filing.state == DRAFT:
        is_request = isinstance(filing, AffiliationRequest)
        return redirect(kind.part(reference, "tasks" if is_request else "check"))
    return _show(request, kind, filing, AnswerForm(initial={"seen": filing.step}))


def _own(request: HttpRequest, kind: Kind, reference: str) -> Any:
    return sessions.open_here(request, kind.model._default_manager.all(), reference)


def _prove(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _send_code(request, kind, reference, form.cleaned_data["email"])
    context = {"kind": kind, "form": form, "reference": reference}
    return render(request, "membership/prove.html", context)


def _send_code(request: HttpRequest, kind: Kind, reference: str, email: str) -> HttpResponse:
    """Mail a code if reference and address fit; if not, answer the same and take as long."""
    if not may(request, "proof", PROOFS_AN_HOUR):
        return too_many(request, PROOFS_AN_HOUR)
    filing: Any = kind.model._default_manager.filter(reference=reference).first()
    index = email_index(email)
    if constant_time_compare(filing.email_index if filing else "", index):
        codes.send_code(filing)
    else:
        codes.seem_to_send(email, get_language() or "")
    sessions.expect_code(request, sessions.place_of(kind.model, reference), index)
    return redirect(kind.part(reference, "code"))


@private
def check(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    """Everything that was entered, to be looked through; sending it begins with a code."""
    draft = _own(request, kind, reference)
    if draft is None or draft.state != DRAFT:
        return redirect(kind.page(reference))
    gaps = open_parts(draft)
    if request.method == "POST" and not gaps:
        if not may(request, "proof", PROOFS_AN_HOUR):
            return too_many(request, PROOFS_AN_HOUR)
        if guards.use_proof(draft, request.POST.get("proof", "")):
            sessions.keep_work(request, sessions.place_of(kind.model, reference))
        if ask_for_code(request, draft):
            return redirect(kind.part(reference, "code"))
    form_url = kind.form_url(draft)
    context = {
        "kind": kind,
        "draft": draft,
        "groups": groups(draft, form_url),
        "gaps": gaps,
        "form_url": form_url,
        "deciders": deciders_of(draft),
        "namesakes": unanswered(draft) if isinstance(draft, AffiliationRequest) else [],
        "challenge": guards.challenge(request, draft),
        "no_more_codes": request.method == "POST" and not gaps,
        "is_refused": request.method == "POST" and bool(gaps),
    }
    status = 200 if request.method != "POST" else 409 if gaps else 429
    return render(request, "membership/check.html", context, status=status)


# --- the code -------------------------------------------------------------------------------


@private
def code(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    """Where the code is typed: it sends a draft off, or opens what was filed for an hour."""
    if references.normal(reference) != reference:
        return redirect(kind.page(reference))
    own = _own(request, kind, reference)
    if own and own.state != DRAFT and not _waits_for_code(request, kind, reference):
        # Sent already, perhaps from another tab.
        return redirect(kind.page(reference))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _try_code(request, kind, reference, form)
        if answer:
            return answer
    draft = own if own and own.state == DRAFT else None
    context = {"kind": kind, "form": form, "reference": reference, "draft": draft}
    return render(request, "membership/code.html", context)


def _try_code(
    request: HttpRequest, kind: Kind, reference: str, form: CodeForm
) -> HttpResponse | None:
    """Leads on if the code was right; None where the form now says what was wrong."""
    if not may(request, "code", PROOFS_AN_HOUR):
        return too_many(request, PROOFS_AN_HOUR)
    try:
        _index, sends = sessions.expected_code(request, sessions.place_of(kind.model, reference))
        wrong = _use(request, kind, reference, form.cleaned_data["code"])
        if not wrong and sends and kind.model is AffiliationRequest:
            return redirect(kind.part(reference, "confirmation"))
        if not wrong:
            return redirect(kind.page(reference))
        form.add_error("code", wrong)
    except guards.MustWait as refusal:
        return must_wait(request, reference, refusal, kind.part(reference, "check"))
    except ValidationError as error:
        form.add_error(None, error.messages)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _waits_for_code(request: HttpRequest, kind: Kind, reference: str) -> bool:
    """Whether a code was asked for in this browser and has not been typed yet."""
    index, _sends = sessions.expected_code(request, sessions.place_of(kind.model, reference))
    return bool(index)


def _use(request: HttpRequest, kind: Kind, reference: str, typed: str) -> str:
    """Use the code up, and send the draft if that is what it was asked for; all or nothing.

    Returns what was wrong, in words that tell nothing of what is filed; empty if it was right.
    """
    place = sessions.place_of(kind.model, reference)
    index, sends = sessions.expected_code(request, place)
    if not index:
        return _("This browser does not know any more what the code was for. Ask for a new one.")
    count = partial(guards.count_sending, request, is_proved=sessions.has_worked(request, place))
    filing = _redeem(kind, reference, index, count if sends else None, typed=typed)
    if filing is None:
        return _("This code is wrong, used already, or older than an hour.")
    sessions.prove(request, filing)
    if filing.state == DRAFT:
        # It is gone on with here: an hour would be too short to fill it in.
        sessions.keep_draft(request, filing)
    return ""


@transaction.atomic
def _redeem(
    kind: Kind, reference: str, index: str, count: Callable[[Any], None] | None, *, typed: str
) -> Any:
    """`count` is asked before a draft is sent off; None if that is not what the code is for."""
    locked = kind.model._default_manager.select_for_update()
    filing: Any = locked.filter(reference=reference).first()
    # Asked for with another address: no try is counted, so that nobody uses up somebody else's.
    if filing is None or not constant_time_compare(filing.email_index, index):
        codes.seem_to_use(kind.model, index, typed)
        return None
    if not codes.use_code(filing, typed):
        return None
    if count and filing.state == DRAFT:
        count(filing)
        kind.submit(filing)
    return filing


# --- what was filed -------------------------------------------------------------------------


def _show(
    request: HttpRequest, kind: Kind, filing: Any, form: AnswerForm, status: int = 200
) -> HttpResponse:
    context = {
        "kind": kind,
        "filing": filing,
        "rows": rows(filing),
        "steps": steps_for_applicant(filing),
        "deciders": deciders_of(filing),
        "form": form,
        "question": filing.steps.last() if filing.state == "needs_answer" else None,
        "answer_url": kind.part(filing.reference, "answer"),
        "withdraw_url": kind.part(filing.reference, "withdraw"),
    }
    if isinstance(filing, AffiliationRequest):
        context |= followed.of_request(filing)
    return render(request, f"membership/{kind.name}.html", context, status=status)


@private
@require_POST
def answer(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    """The applicant answers the question that was asked."""
    filing = _own(request, kind, reference)
    if filing is None or filing.state == DRAFT:
        return redirect(kind.page(reference))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, kind, filing, form)
    try:
        workflow.answer(filing, **form.cleaned_data)
    except Refused as refusal:
        return _refused(request, kind, filing, refusal, form.cleaned_data["note"])
    return redirect(kind.page(reference))


@private
def withdraw(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    """The applicant takes everything back; asked once more before it is done."""
    filing = _own(request, kind, reference)
    if filing is None or filing.state == DRAFT:
        return redirect(kind.page(reference))
    data = request.POST if request.method == "POST" else None
    form = WithdrawForm(data, initial={"seen": filing.step})
    if request.method == "POST" and form.is_valid():
        try:
            workflow.withdraw(filing, **form.cleaned_data)
        except Refused as refusal:
            return _refused(request, kind, filing, refusal, form.cleaned_data["note"])
        return redirect(kind.page(reference))
    if not filing.is_open:
        return redirect(kind.page(reference))
    context = {"kind": kind, "filing": filing, "form": form, "deciders": deciders_of(filing)}
    return render(request, "membership/withdraw.html", context)


@private
def appeal(request: HttpRequest, kind: Kind, reference: str) -> HttpResponse:
    """Against a refusal, where the procedure has an appeal and its day is not over."""
    filing = _own(request, kind, reference)
    if filing is None or filing.state == DRAFT:
        return redirect(kind.page(reference))
    data = request.POST if request.method == "POST" else None
    form = AppealForm(data, initial={"seen": filing.step})
    if request.method == "POST" and form.is_valid():
        try:
            workflow.appeal(filing, **form.cleaned_data)
        except Refused as refusal:
            return _refused(request, kind, filing, refusal, form.cleaned_data["note"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(kind.page(reference))
    elif not followed.may_appeal(filing):
        return redirect(kind.page(reference))
    context = {"kind": kind, "filing": filing, "form": form, **followed.of_request(filing)}
    return render(request, "membership/appeal.html", context)


def _refused(
    request: HttpRequest, kind: Kind, filing: Any, refusal: Refused, text: str
) -> HttpResponse:
    """Says what happened since, and gives back what was written. Nothing was changed."""
    now = kind.model._default_manager.get(pk=filing.pk)
    since = refusal.since if isinstance(refusal, Overtaken) else []
    number = len(since)
    steps = steps_for_applicant(now)
    context = {
        "message": str(refusal),
        "steps": steps[-number:] if number else steps[-1:],
        "text": text,
        "back_url": kind.page(now.reference),
    }
    return render(request, "membership/refused.html", context, status=409)
