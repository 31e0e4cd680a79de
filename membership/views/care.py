"""What anybody may do about an entry: report an error, claim it, answer the yearly letter."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from directory import freshness
from directory.entries import WHOLE, Entry, entries
from directory.models import Organisation, PublicContact
from directory.views import facts
from membership.entrance import sessions
from membership.entries import claims, confirmations, reports
from membership.forms.care import ClaimForm, ReportForm
from membership.models import EntryClaim, ErrorReport
from membership.requests import disowning
from membership.views.guards import DRAFT, DRAFTS_AN_HOUR, may, private, save_draft, too_many
from membership.views.kinds import CLAIM

REPORTS_AN_HOUR = 20
OBJECTIONS_AN_HOUR = 60


def _organisation(slug: str) -> Organisation:
    """As everybody sees it: found by its address or one that it had before."""
    found: Organisation = get_object_or_404(Organisation.objects.visible_to(None), slugs__slug=slug)
    return found


def _entry(organisation: Organisation, *, whole: bool = False) -> Entry:
    [entry] = entries([organisation], with_also=WHOLE if whole else ())
    return entry


# --- reporting an error ---------------------------------------------------------------------


@private
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; what it sends goes to those who keep the entry."""
    organisation = _organisation(slug)
    if organisation.slug != slug:
        return redirect("membership:report", organisation.slug)
    data = request.POST if request.method == "POST" else None
    form = ReportForm(data, purpose=f"report:{slug}")
    if request.method == "POST" and form.is_valid() and form.token:
        if not may(request, "report", REPORTS_AN_HOUR):
            return too_many(request, REPORTS_AN_HOUR)
        reports.send_report(
            organisation,
            token=form.token,
            answers=form.answers,
            email=form.cleaned_data["email"],
            language=get_language() or "",
        )
        return redirect("membership:report_sent", slug)
    context = {"organisation": _entry(organisation), "form": form, "days": ErrorReport.KEPT.days}
    return render(request, "membership/report.html", context)


@require_safe
def report_sent(request: HttpRequest, slug: str) -> HttpResponse:
    context = {"organisation": _entry(_organisation(slug)), "days": ErrorReport.KEPT.days}
    return render(request, "membership/report_sent.html", context)


# --- claiming an entry ----------------------------------------------------------------------


@private
def claim_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, the same whether or not the entry has a secretary; `?draft=` changes a draft."""
    organisation = _organisation(slug)
    if organisation.slug != slug:
        return redirect("membership:claim_entry", organisation.slug)
    draft = _draft(request, organisation)
    form = ClaimForm(
        request.POST if request.method == "POST" else None,
        purpose=f"claim:{slug}",
        draft_token=draft.form_token if draft else None,
        initial=ClaimForm.initial_of(draft) if draft else {},
    )
    if request.method == "POST" and form.is_valid():
        if not draft and not may(request, "draft", DRAFTS_AN_HOUR):
            return too_many(request, DRAFTS_AN_HOUR)
        saved = save_draft(request, form, EntryClaim(organisation=organisation))
        if saved.state != DRAFT:
            return redirect(CLAIM.page(saved.reference))
        return redirect(CLAIM.part(saved.reference, "check"))
    context = {"organisation": _entry(organisation), "form": form, "draft": draft}
    return render(request, "membership/claim_entry.html", context)


def _draft(request: HttpRequest, organisation: Organisation) -> EntryClaim | None:
    """The draft that is to be changed, if this browser may."""
    if "draft" not in request.GET:
        return None
    drafts = EntryClaim.objects.filter(organisation=organisation, state=DRAFT)
    found: EntryClaim | None = sessions.open_here(request, drafts, request.GET["draft"])
    if found is None:
        raise Http404
    return found


@private
def claim_objection(request: HttpRequest, reference: str) -> HttpResponse:
    """Behind the letter to the public mailbox: who reads it there, may say that it is not so."""
    claim = claims.claim_objected_to(reference, request.GET.get("token", ""))
    if claim is None:
        return _void_link(request)
    if request.method == "POST":
        if not may(request, "objection", OBJECTIONS_AN_HOUR):
            return too_many(request, OBJECTIONS_AN_HOUR)
        claims.object_to(claim)
        claim.refresh_from_db(fields=["objected_at"])
    context: dict[str, Any] = {"organisation": _entry(claim.organisation), "claim": claim}
    return render(request, "membership/claim_objection.html", context)


@private
def request_disown(request: HttpRequest, reference: str) -> HttpResponse:
    """Behind the letter to the public mailbox: who reads it there, may say that it is not so."""
    filing = disowning.request_of(reference, request.GET.get("token", ""))
    if filing is None:
        return _void_link(request)
    if request.method == "POST":
        if not may(request, "objection", OBJECTIONS_AN_HOUR):
            return too_many(request, OBJECTIONS_AN_HOUR)
        disowning.disown(filing)
        filing.refresh_from_db(fields=["disowned_at"])
    return render(request, "membership/request_disown.html", {"filing": filing})


# --- the yearly letter ----------------------------------------------------------------------


@private
def confirm_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows the entry with one button. Only pressing it says that the entry is right."""
    organisation = _organisation(slug)
    asked_on = freshness.asked_by(organisation, request.GET.get("token", ""))
    if asked_on is None:
        return _void_link(request)
    if request.method == "POST":
        confirmations.by_letter(organisation, asked_on)
        organisation.refresh_from_db()
    entry = _entry(organisation, whole=True)
    contacts = PublicContact.objects.visible_to(None).filter(organisation=organisation)
    context = {
        "organisation": entry,
        "facts": facts.of_organisation(entry, contacts),
        "is_answered": freshness.is_answered(organisation, asked_on),
        "keeps": Organisation.objects.managed_by(request.user).contains(organisation),
        "id": organisation.pk,
    }
    return render(request, "membership/confirm_entry.html", context)


def _void_link(request: HttpRequest) -> HttpResponse:
    """One answer for links that are too old, used up or made up."""
    return render(request, "membership/void_link.html", status=410)
