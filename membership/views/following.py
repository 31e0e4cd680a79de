"""What was filed, followed by its reference: check, code, timeline, answer, withdrawal.

Requests and applications have the same pages. Nobody learns here whether something is filed
under a reference until the code for it was typed.
"""

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
from membership import codes, references, sessions, workflow
from membership.forms.following import AnswerForm, CodeForm, EmailForm, FindForm, WithdrawForm
from membership.models import AffiliationRequest
from membership.models.members import email_index
from membership.namesakes import namesakes
from membership.summaries import deciders_of, rows, steps_for_applicant
from membership.views.guards import DRAFT, PROOFS_AN_HOUR, ask_for_code, may, private, too_many
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
        return redirect(kind.part(reference, "check"))
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
    if request.method == "POST":
        if not may(request, "proof", PROOFS_AN_HOUR):
            return too_many(request, PROOFS_AN_HOUR)
        if ask_for_code(request, draft):
            return redirect(kind.part(reference, "code"))
    form_url = kind.form_url(draft)
    is_new = isinstance(draft, AffiliationRequest) and not draft.answers.get("organisation_slug")
    context = {
        "kind": kind,
        "draft": draft,
        "rows": rows(draft, form_url),
        "form_url": form_url,
        "deciders": deciders_of(draft),
        "namesakes": namesakes(draft) if is_new else [],
        "no_more_codes": request.method == "POST",
    }
    status = 429 if request.method == "POST" else 200
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
        if not may(request, "code", PROOFS_AN_HOUR):
            return too_many(request, PROOFS_AN_HOUR)
        try:
            wrong = _use(request, kind, reference, form.cleaned_data["code"])
            if not wrong:
                return redirect(kind.page(reference))
            form.add_error("code", wrong)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    draft = own if own and own.state == DRAFT else None
    context = {"kind": kind, "form": form, "reference": reference, "draft": draft}
    return render(request, "membership/code.html", context)


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
    filing = _redeem(kind, reference, index, sends=sends, typed=typed)
    if filing is None:
        return _("This code is wrong, used already, or older than an hour.")
    sessions.prove(request, filing)
    return ""


@transaction.atomic
def _redeem(kind: Kind, reference: str, index: str, *, sends: bool, typed: str) -> Any:
    locked = kind.model._default_manager.select_for_update()
    filing: Any = locked.filter(reference=reference).first()
    # Asked for with another address: no try is counted, so that nobody uses up somebody else's.
    if filing is None or not constant_time_compare(filing.email_index, index):
        codes.seem_to_use(kind.model, index, typed)
        return None
    if not codes.use_code(filing, typed):
        return None
    if sends and filing.state == DRAFT:
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
