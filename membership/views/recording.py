"""The desk's register of decisions: reading it, recording a decision, correcting one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory import saying
from directory.models import Body, Decision, Effect
from directory.models.keepers import COORDINATOR
from federation import audit
from federation.admin.offices import OPERATOR
from federation.files import keeping
from federation.files.receiving import takes_files
from federation.files.refusals import NotTaken
from federation.models import Federation
from federation.scopes import is_operator
from membership.desk import recording
from membership.desk.filters import DecisionFilter
from membership.desk.waiting import rows_for
from membership.forms import recording as forms
from membership.models import AffiliationRequest, PreparedDecision, Proceeding
from membership.seconding import preparing
from membership.seconding.rule import has_second
from membership.views.desk.offices import offices_of, tabs_of
from membership.views.guards import private
from membership.views.lists import page_of

# --- reading --------------------------------------------------------------------------------


@private
@login_required
@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    """The decisions of one's federations, the latest first."""
    mine = _mine(request)
    found = Decision.objects.filter(federation__in=mine).select_related(
        "federation", "entry", "corrected_by"
    )
    listed = DecisionFilter(request.GET, queryset=found, mine=mine)
    page = page_of(request, listed.qs if listed.is_valid() else found.none())
    told = saying.said(Effect.objects.filter(decision__in=[row.pk for row in page.rows]))
    context = {
        **tabs_of(request.user, offices_of(request.user)),
        "filter": listed,
        "page": page,
        "rows": [(row, told.get(row.pk, [])) for row in page.rows],
        "several": len(mine) > 1,
        "waiting": rows_for(request.user),
    }
    return render(request, "membership/recording_list.html", context)


@private
@login_required
@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision whole, as it stands in the register."""
    found = _found(request, pk)
    languages = [
        (tag, text)
        for tag, text in sorted(found.texts.items(), key=lambda one: one[0] != found.text.language)
    ]
    context = {
        "decision": found,
        "texts": languages,
        "effects": saying.said(found.effects.all()).get(found.pk, []),
    }
    return render(request, "membership/recording_detail.html", context)


@private
@login_required
@require_safe
def decision_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The document; that somebody opened one that is not public is noted."""
    found = _found(request, pk)
    if found.document is None:
        raise Http404
    if not found.document_is_public:
        audit.record(
            audit.Action.READ, found, by=request.user, office=_office(request), fields=["document"],
            federation=found.federation.slug,
        )  # fmt: skip
    return keeping.download(found.document)


def _office(request: HttpRequest) -> str:
    return OPERATOR if is_operator(request.user) else COORDINATOR


def _mine(request: HttpRequest) -> list[Federation]:
    mine = list(Federation.objects.coordinated_by(request.user))
    if not mine:
        raise PermissionDenied
    return mine


def _found(request: HttpRequest, pk: int) -> Decision:
    mine = Federation.objects.coordinated_by(request.user)
    rows = Decision.objects.filter(federation__in=mine).select_related(
        "federation", "meeting__federation", "entry", "document", "corrects__entry",
        "corrected_by__entry",
    )  # fmt: skip
    found: Decision = get_object_or_404(rows.defer("document__content"), pk=pk)
    return found


# --- recording ------------------------------------------------------------------------------


@takes_files
@private
@login_required
def decision_new(request: HttpRequest) -> HttpResponse:
    """Record a decision of the federation that `federation=` names."""
    mine = _mine(request)
    slug = request.GET.get("federation") or (mine[0].slug if len(mine) == 1 else "")
    if not slug:
        return render(request, "membership/recording_federation.html", {"federations": mine})
    return _write(
        request, get_object_or_404(Federation.objects.coordinated_by(request.user), slug=slug)
    )


@takes_files
@private
@login_required
def decision_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Record another decision that says what was wrong with this one."""
    found = _found(request, pk)
    if hasattr(found, "corrected_by"):
        messages.error(request, _("This decision has been corrected already."))
        return redirect("membership:coordination_decision", found.corrected_by.pk)
    return _write(request, found.federation, found)


def _write(
    request: HttpRequest, federation: Federation, corrects: Decision | None = None
) -> HttpResponse:
    """Fill in, see what will change, record. Nothing is written down before the last step."""
    form, effects = _forms(request, federation, corrects)
    act = request.POST.get("do", "")
    context = {"federation": federation, "corrects": corrects, "form": form, "effects": effects}
    if act in ("preview", "record") and form.is_valid() and effects.is_valid():
        last = forms.DocumentForm(
            request.POST if act == "record" else None, request.FILES if act == "record" else None
        )
        if act == "record" and last.is_valid():
            recorded = _record(request, context, last)
            if recorded:
                return recorded
        preview = _preview(request, context)
        if preview is not None:
            context |= {
                **told_of(preview, _terms(context)),
                "last": last,
                "carried": forms.carried(request.POST),
                "is_alone": preview.needs_second and not has_second(federation, request.user),
            }
            return render(request, "membership/recording_preview.html", context)
    return render(request, "membership/recording_form.html", context)


def _forms(request: HttpRequest, federation: Federation, corrects: Decision | None) -> Any:
    """As sent; or as begun, where more is to be filled in before it is judged."""
    known: dict[str, Any] = {"federation": federation, "corrects": corrects}
    each = {
        "prefix": forms.EFFECTS,
        "form_kwargs": {"federation": federation, "user": request.user},
    }
    if request.method == "POST":
        form = forms.DecisionForm(request.POST, **known)
        effects = forms.Effects(request.POST, **each)
        if request.POST.get("do") in ("preview", "record"):
            return form, effects
        written = [forms.as_initial(one) for one in effects.forms]
        if request.POST.get("do") == "edit":
            written = [one for one in written if one["kind"]]
        return (
            forms.DecisionForm(initial=forms.as_initial(form), **known),
            forms.Effects(initial=written[: forms.MOST], **each),
        )
    again = _sent_back(request, federation)
    if again is not None:
        terms = recording.terms_of(again)
        return (
            forms.DecisionForm(initial=forms.words_prepared(terms), **known),
            forms.Effects(initial=forms.effects_prepared(terms), **each),
        )
    if corrects is None:
        return forms.DecisionForm(**known), forms.Effects(**each)
    return (
        forms.DecisionForm(initial=forms.words_of(corrects), **known),
        forms.Effects(initial=forms.effects_of(corrects), **each),
    )


def _terms(context: dict[str, Any]) -> dict[str, Any]:
    given = context["form"].cleaned_data
    return {
        **given,
        "federation": context["federation"],
        "corrects": context["corrects"],
        "effects": context["effects"].terms(given["decided_on"]),
    }


def _preview(request: HttpRequest, context: dict[str, Any]) -> recording.Preview | None:
    """What would change; None where it is refused."""
    try:
        return recording.preview(_terms(context), by=request.user)
    except ValidationError as refusal:
        show(refusal, context)
        return None


def _sent_back(request: HttpRequest, federation: Federation) -> PreparedDecision | None:
    """What the person had prepared, and takes up again as `again=` says."""
    found = preparing.taken_up(request.GET.get("again", ""), federation, by=request.user)
    return None if found and found.act else found


def told_of(preview: recording.Preview, terms: dict[str, Any]) -> dict[str, Any]:
    """What a page shows of a decision that is not recorded yet."""
    return {
        "given": terms,
        "body_label": Body(terms["body"]).label,
        "told": preview.told,
        "undone": preview.undone,
        "pending": [(found.reference, _page_of(found)) for found in preview.pending],
        "needs_second": preview.needs_second,
    }


def _page_of(found: AffiliationRequest | Proceeding) -> str:
    kind = "request" if isinstance(found, AffiliationRequest) else "proceeding"
    return reverse(f"membership:coordination_{kind}", args=[found.reference])


def _record(
    request: HttpRequest, context: dict[str, Any], last: forms.DocumentForm
) -> HttpResponse | None:
    """Leads to what was recorded, or waits now; None where it is refused."""
    upload = last.cleaned_data["document"]
    try:
        clean = keeping.cleaned(upload) if upload else None
        made, is_new = recording.record(
            _terms(context), by=request.user, office=_office(request), document=clean,
            is_public=last.cleaned_data["document_is_public"],
        )  # fmt: skip
    except NotTaken as refusal:
        last.add_error("document", str(refusal))
        return None
    except ValidationError as refusal:
        show(refusal, context)
        return None
    again = _sent_back(request, context["federation"])
    if again is not None:
        preparing.withdraw(again, by=request.user)
    if isinstance(made, PreparedDecision):
        text = _("Proposed. Another coordinator gets a letter and confirms it, or does not.")
        messages.success(request, text)
        return redirect("membership:coordination_prepared", made.pk)
    if is_new:
        messages.success(request, _("The decision is recorded."))
    else:
        messages.info(request, _("This decision stands in the register already."))
    return redirect("membership:coordination_decision", made.pk)


def show(refusal: ValidationError, context: dict[str, Any]) -> None:
    """Beside the field of the effect or of the decision that it is about, else above them."""
    form = context["form"]
    place = getattr(refusal, "effect", None)
    if place is not None:
        form = context["effects"].filled[place]
    told = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
    for name, errors in told.items():
        form.add_error(name if name in form.fields else None, errors)
