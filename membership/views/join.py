"""A person looks for an organisation to join, and applies to it."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from directory.models import Affiliation, Organisation, OrganisationName
from federation.models import Federation
from membership import joining
from membership.desk.filters import JoinFilter
from membership.entrance import sessions
from membership.forms.application import ApplicationForm
from membership.models import MembershipApplication
from membership.views.guards import DRAFT, DRAFTS_AN_HOUR, may, private, save_draft, too_many
from membership.views.kinds import APPLICATION
from membership.views.lists import page_of


@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """Organisations that take applications; for a federation joined through its host, that host."""
    # Where a shielded organisation is must not come out by searching for a place.
    shown = Organisation.objects.joinable().exclude(visibility__in=Organisation.SHIELDS)
    listed = JoinFilter(request.GET, queryset=shown.distinct())
    valid = listed.is_valid()
    federation = _asked_for(listed) if valid else None
    through_host = federation is not None and federation.persons_join == Federation.PersonsJoin.HOST
    rows = shown.filter(hosted__federation=federation) if through_host else listed.qs
    page = page_of(request, _for_rows(rows) if valid else shown.none())
    context = {
        "filter": listed,
        "federation": federation,
        "through_host": through_host,
        "page": page,
        "hosts": _hosts(federation) if through_host else [],
        "is_narrowed": any(listed.form.cleaned_data.values()) if valid else False,
        "via": federation.slug if federation else "",
    }
    return render(request, "membership/join.html", context)


def _asked_for(listed: JoinFilter) -> Federation | None:
    slug = listed.form.cleaned_data.get("federation")
    return Federation.objects.filter(slug=slug).first() if slug else None


def _hosts(federation: Federation | None) -> list[Organisation]:
    """The host organisations that take no applications on this site."""
    hosts = Organisation.objects.visible_to(None).filter(hosted__federation=federation)
    return list(hosts.exclude(pk__in=Organisation.objects.joinable().values("pk")))


def _for_rows(organisations: Any) -> Any:
    """With what a row shows, in a number of queries that does not grow."""
    acronyms = OrganisationName.objects.filter(kind=OrganisationName.Kind.ACRONYM)
    bonds = (
        Affiliation.objects.visible_to(None)
        .not_ended()
        .select_related("federation", "status__federation")
    )
    return organisations.prefetch_related(
        "countries",
        Prefetch("names", queryset=acronyms, to_attr="acronyms"),
        Prefetch("affiliations", queryset=bonds, to_attr="bonds"),
    )


@private
def join_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; `?via=` names the federation that led here, `?draft=` a draft of this browser."""
    organisation = _organisation(request, slug)
    if organisation.slug != slug:
        return redirect("membership:join_organisation", organisation.slug)
    if not joining.is_joinable(organisation):
        status = 200 if request.method == "GET" else 409
        context: dict[str, Any] = {"organisation": organisation}
        return render(request, "membership/not_joinable.html", context, status=status)
    draft = _draft(request, organisation)
    form = ApplicationForm(
        request.POST if request.method == "POST" else None,
        organisation=organisation,
        purpose=f"application:{slug}",
        draft_token=draft.form_token if draft else None,
        initial=ApplicationForm.initial_of(draft) if draft else {},
    )
    if request.method == "POST" and form.is_valid():
        if not draft and not may(request, "draft", DRAFTS_AN_HOUR):
            return too_many(request, DRAFTS_AN_HOUR)
        empty = MembershipApplication(organisation=organisation, via=_via(request))
        saved = save_draft(request, form, empty)
        if saved.state != DRAFT:
            return redirect(APPLICATION.page(saved.reference))
        return redirect(APPLICATION.part(saved.reference, "check"))
    context = {"organisation": organisation, "form": form, "draft": draft, "via": _via(request)}
    return render(request, "membership/join_organisation.html", context)


def _organisation(request: HttpRequest, slug: str) -> Organisation:
    """Found by its address or one that it had before."""
    visible = Organisation.objects.visible_to(request.user)
    found: Organisation = get_object_or_404(visible, slugs__slug=slug)
    return found


def _via(request: HttpRequest) -> Federation | None:
    # Compared here and not in the database, which would stumble over a null character.
    slug = request.GET.get("via")
    return next((one for one in Federation.objects.all() if one.slug == slug), None)


def _draft(request: HttpRequest, organisation: Organisation) -> MembershipApplication | None:
    """The draft that is to be changed, if this browser may."""
    if "draft" not in request.GET:
        return None
    drafts = MembershipApplication.objects.filter(organisation=organisation, state=DRAFT)
    found: MembershipApplication | None = sessions.open_here(request, drafts, request.GET["draft"])
    if found is None:
        raise Http404
    return found
