"""Members and what is filed, in the panel: members for the secretaries who hold them, only."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from directory.admin import site
from directory.admin.desk import desk
from directory.models import Organisation
from federation import audit
from federation.admin import SECRETARY, ScopedAdmin, ScopedInline
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    Member,
    Membership,
    MembershipApplication,
    PreparedDecision,
)
from membership.models.members import email_index
from membership.references import normal
from membership.seconding.rule import two_decide

SECRETARIES = frozenset({SECRETARY})


class KeptByOrganisation(ScopedAdmin):
    """For secretaries: a coordinator or the operator does not even find the page.

    Each look at names leaves an event in the trail.
    """

    open_to = SECRETARIES

    def choices_of(self, db_field: Any, request: HttpRequest) -> "QuerySet[Any]":
        """An organisation the person coordinates is not one whose people they keep."""
        return choices_of_keeper(super().choices_of(db_field, request), request)

    def audit_office(self, request: HttpRequest, obj: Any) -> str:
        return SECRETARY

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse):
            for organisation in Organisation.objects.kept_by(request.user):
                note = str(self.opts.model_name)
                audit.record(
                    audit.Action.READ, organisation, by=request.user, office=SECRETARY, note=note
                )
        return response

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        if obj is not None and request.method == "GET":
            self.record(audit.Action.READ, request, obj)
        return super().render_change_form(request, context, **kwargs)


def choices_of_keeper(rows: "QuerySet[Any]", request: HttpRequest) -> "QuerySet[Any]":
    kept = Organisation.objects.kept_by(request.user)
    return rows.filter(pk__in=kept.values("pk")) if rows.model is Organisation else rows


class Memberships(ScopedInline):
    """A membership ends; it is not deleted. What was recorded by mistake ends for that reason."""

    model = Membership
    fields = (("organisation", "since"), ("until", "end_reason"))
    can_delete = False

    def get_min_num(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        """Whoever is recorded as a member belongs to an organisation from some day on."""
        return 0 if obj else 1

    def get_extra(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        return 1 if obj else 0

    def choices_of(self, db_field: Any, request: HttpRequest) -> "QuerySet[Any]":
        return choices_of_keeper(super().choices_of(db_field, request), request)


class MemberAdmin(KeptByOrganisation):
    """The register of people of an organisation. Sealed at rest, opened row by row."""

    added_by = changed_by = SECRETARIES
    fixed = ("organisation",)
    inlines = (Memberships,)
    readonly_fields = ("recorded_at",)
    list_display = ("name", "email", "organisation", "recorded_at")
    list_filter = ("organisation",)
    list_select_related = ("organisation",)
    sortable_by = ("recorded_at",)
    ordering = ("-recorded_at", "pk")
    extra_lookups = ("email_index",)
    fieldsets = (
        (None, {"fields": ("organisation", "name", "email", "phone", "place", "work")}),
        (None, {"fields": ("language", "recorded_at")}),
    )

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Addresses are looked for by POST, so that none stands in a URL or a log."""
        address = request.POST.get("address", "").strip()
        if address:
            query = urlencode({"email_index": email_index(address)})
            return HttpResponseRedirect(f"{request.path}?{query}")
        return super().changelist_view(request, extra_context)


class MembershipAdmin(KeptByOrganisation):
    """Begun on the page of the member; ended here or there."""

    changed_by = SECRETARIES
    fixed = ("organisation",)
    readonly_fields = ("person",)
    list_display = ("person", "organisation", "since", "until", "end_reason")
    list_filter = ("organisation", "end_reason")
    list_select_related = ("member", "organisation")
    fields = ("person", "organisation", "since", "until", "end_reason")

    @admin.display(description=_("member"))
    def person(self, membership: Membership) -> str:
        return membership.member.name


class FilingAdmin(ScopedAdmin):
    """For finding and reading; what is decided, is decided at the desk."""

    search_fields = ("reference",)
    search_help_text = _("The whole reference, such as 4K7P-29WX.")
    readonly_fields = ("desk",)
    desk_page = ""

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(reference=normal(search_term) or ""), False

    @admin.display(description=_("at the desk"))
    def desk(self, filing: Any) -> str:
        page = reverse(self.desk_page, args=[filing.reference])
        return format_html('<a href="{}">{}</a>', page, _("Read it and decide"))


class AffiliationRequestAdmin(FilingAdmin):
    desk_page = "membership:coordination_request"
    list_display = ("reference", "federation", "status", "organisation", "state", "submitted_at")
    list_filter = ("federation", "state", "status")
    list_select_related = ("federation", "status__federation", "organisation")
    readonly_fields = ("desk", "group")
    fields = (
        *("reference", "desk", "federation", "status", "group", "state"),
        *("language", "created_at", "submitted_at", "affiliation"),
    )

    @admin.display(description=_("organisation"))
    def group(self, request: AffiliationRequest) -> str:
        """Without a link: its page is not the federation's until it is admitted."""
        return str(request.organisation or "")


class MembershipApplicationAdmin(FilingAdmin):
    open_to = SECRETARIES
    desk_page = "membership:coordination_application"
    list_display = ("reference", "organisation", "via", "state", "submitted_at")
    list_filter = ("organisation", "state")
    list_select_related = ("organisation", "via")
    readonly_fields = ("desk", "led_here_by")
    fields = (
        *("reference", "desk", "organisation", "led_here_by", "state"),
        *("language", "created_at", "submitted_at"),
    )

    @admin.display(description=_("led here by"))
    def led_here_by(self, application: MembershipApplication) -> str:
        return str(application.via or "")


site.register(Member, MemberAdmin)
site.register(Membership, MembershipAdmin)
site.register(AffiliationRequest, AffiliationRequestAdmin)
site.register(MembershipApplication, MembershipApplicationAdmin)
site.announces(
    _("Affiliation requests"),
    lambda user: AffiliationRequest.objects.managed_by(user).waiting(),
)
site.announces(
    _("Membership applications"),
    lambda user: MembershipApplication.objects.managed_by(user).waiting(),
)
site.announces(_("Decisions"), PreparedDecision.objects.waiting_for)
site.announces(_("Claims of entries"), lambda user: EntryClaim.objects.managed_by(user).waiting())
site.announces(_("Reports of errors"), lambda user: ErrorReport.objects.managed_by(user).waiting())

desk.wants_second = two_decide
