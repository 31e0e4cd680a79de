"""Federations, their statuses and offices, and the audit trail in the panel."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from federation.admin.filters import Occurring
from federation.admin.forms import ScopedForm
from federation.admin.offices import OPERATOR
from federation.admin.scoped import COORDINATORS, ScopedAdmin
from federation.admin.site import site
from federation.admin.trail import explained, kind_of
from federation.models import AuditEvent, Federation, Office, Status, User, email_index

OPERATORS = frozenset({OPERATOR})


class FederationAdmin(ScopedAdmin):
    changed_by = COORDINATORS
    added_by = deleted_by = OPERATORS
    fixed = ("slug",)
    readonly_fields = ("is_fictional",)
    list_display = ("__str__", "acronym", "kind", "scope")
    list_filter = ("kind",)
    fieldsets = (
        (None, {"fields": ("names", "acronym", "slug", "language", "kind", "website")}),
        (_("What it is"), {"fields": ("purposes", "principles", "subjects", "scope", "areas")}),
        (_("When"), {"fields": ("founded", "dissolved")}),
        (_("How to come in"), {"fields": ("guidance", "persons_join")}),
        (None, {"fields": ("is_fictional",)}),
    )

    def view_on_site(self, obj: Federation) -> str:
        return obj.get_absolute_url()


class StatusAdmin(ScopedAdmin):
    """A status in use cannot be deleted, and belongs to its federation for good."""

    changed_by = added_by = deleted_by = COORDINATORS
    fixed = ("federation", "slug")
    list_display = ("__str__", "kind", "votes", "is_listed_publicly", "is_open_to_requests")
    list_filter = ("federation", "kind")
    list_select_related = ("federation",)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """What a status entitled to is part of the past once somebody had it: make a new one.

        What it is was decided on, too, once there are rules for admitting to it.
        """
        fixed = super().get_readonly_fields(request, obj)
        in_use = obj is not None and (
            obj.affiliations.exists() or obj.procedures.exclude(published_at=None).exists()
        )
        return (*fixed, "kind", *Status.RIGHTS) if in_use else fixed

    fieldsets = (
        (None, {"fields": ("federation", "slug", "kind", "labels", "plurals", "descriptions")}),
        (_("What it entitles to"), {"fields": Status.RIGHTS}),
        (
            _("How it is used"),
            {
                "fields": (
                    "is_listed_publicly",
                    "is_one_per_country",
                    "is_open_to_requests",
                    "position",
                )
            },
        ),
    )


class OfficeForm(ScopedForm):
    """The account is found by its address: no list of accounts exists anywhere."""

    email = forms.CharField(label=_("E-mail address of the account"), max_length=254)

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        person = User.objects.filter(email_index=email_index(address), is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("No account has this address."))
        self.instance.person = person
        return address


class OfficeAdmin(ScopedAdmin):
    """Coordinators see who holds office beside them; the operator grants and ends offices."""

    form = OfficeForm
    added_by = changed_by = OPERATORS
    fixed = ("federation", "role")
    list_display = ("holder", "role", "federation", "since", "until", "is_suspended")
    list_filter = ("federation", "is_suspended")
    list_select_related = ("person", "federation")
    fields = ("federation", "role", "holder", "since", "until", "is_suspended", "appointed_by")
    readonly_fields = ("holder",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else tuple(n if n != "holder" else "email" for n in self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # In a row that exists the account stays; its address is not asked for.
        return (*super().get_readonly_fields(request, obj), *(("email",) if obj else ()))

    @admin.display(description=_("person"))
    def holder(self, office: Office) -> str:
        return office.person.name or str(office.person)


class Kinds(Occurring):
    """Kinds of records as people call them."""

    def _offered(self, rows: Any) -> dict[str, Any]:
        return {label: kind_of(label) for label in super()._offered(rows)}


class AuditEventAdmin(ScopedAdmin):
    """The trail, for reading: ids and names of fields, never a value."""

    scope = "visible_to"
    list_display = ("at", "action", "about", "office", "field_names", "note")
    list_filter = ("action", ("model", Kinds), "office", "federation_slug")
    list_display_links = ("at",)
    fields = (
        *("at", "action", "actor", "office", "about", "field_names", "note"),
        *("federation_slug", "request_id"),
    )
    readonly_fields = ("about", "field_names")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        page = super().get_changelist_instance(request)
        page.result_list = explained(page.result_list, request, site)
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        event = super().get_object(request, object_id, from_field)
        return explained([event], request, site)[0] if event else None

    @admin.display(description=_("record"))
    def about(self, event: Any) -> str:
        """The kind of record and its id, with a link if the row is in scope."""
        words = f"{capfirst(event.kind)} {event.record[:8]}"
        return format_html('<a href="{}">{}</a>', event.page, words) if event.page else words

    @admin.display(description=_("fields"))
    def field_names(self, event: Any) -> str:
        return ", ".join(event.labels)


site.register(Federation, FederationAdmin)
site.register(Status, StatusAdmin)
site.register(Office, OfficeAdmin)
site.register(AuditEvent, AuditEventAdmin)
