"""Organisations with all that belongs to them."""

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from directory import shielding, workflow
from directory.admin.fields import OrganisationAddress, country_field
from directory.admin.filters import Confirmed
from directory.models import (
    Affiliation,
    Identifier,
    Organisation,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationName,
    OrganisationSite,
    PublicContact,
)
from federation.admin import OPERATOR, SECRETARY, ScopedAdmin, ScopedForm, ScopedInline, site
from federation.admin.scoped import COORDINATORS
from federation.models import Federation

PROPOSED = Organisation.Visibility.PROPOSED
KEEPERS = COORDINATORS | {SECRETARY}


class Names(ScopedInline):
    model = OrganisationName
    fields = (("value", "kind", "language", "until"),)


class Countries(ScopedInline):
    model = OrganisationCountry
    fields = (("code", "basis"),)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "code":
            return country_field(label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class Languages(ScopedInline):
    model = OrganisationLanguage
    fields = ("code",)


class Industries(ScopedInline):
    model = OrganisationIndustry
    fields = ("code",)


class Contacts(ScopedInline):
    model = PublicContact
    fields = (("kind", "value", "label"), ("is_role", "consent_on"))


class Sites(ScopedInline):
    model = OrganisationSite
    fields = (("kind", "url", "language"),)


class Identifiers(ScopedInline):
    model = Identifier
    fields = (("scheme", "value"),)


class Links(ScopedInline):
    """The other organisation is given by its address: it may be any that is public."""

    model = OrganisationLink
    fk_name = "organisation"
    fields = (("kind", "other"), ("since", "until"))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "other":
            among = Organisation.objects.visible_to(request.user)
            return OrganisationAddress(among=among, label=_("address of the other organisation"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OrganisationForm(ScopedForm):
    is_spelling = forms.BooleanField(
        label=_("Only a spelling correction of the name"),
        required=False,
        help_text=_(
            "Without this, a changed name counts as a new one: the organisation gets a new "
            "address, the old one leads to it, and the old name is kept as a former name."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("visibility")
        if field is not None and self.instance.visibility != PROPOSED:
            # Published once, it does not become a mere proposal again.
            field.choices = [choice for choice in field.choices if choice[0] != PROPOSED]


class OrganisationAdmin(ScopedAdmin):
    """Kept by its secretaries and by the coordinators of its federations. Never deleted.

    New ones come in by being admitted to a federation (`AffiliationAdmin`).
    """

    form = OrganisationForm
    open_to = changed_by = KEEPERS
    inlines = (Names, Countries, Languages, Industries, Contacts, Sites, Identifiers, Links)
    readonly_fields = ("slug", "is_fictional", "changed_at")
    list_display = ("name", "kind", "city", "visibility", "verified_on")
    list_filter = ("kind", "visibility", "accepts_members", ("verified_on", Confirmed))
    extra_lookups = (Confirmed.PARAMETER,)
    search_fields = ("name",)
    search_help_text = _("Any of its names, or the town. Accents and capitals do not matter.")
    fieldsets = (
        (None, {"fields": ("name", "is_spelling", "slug", "language", "kind", "descriptions")}),
        (_("Where"), {"fields": ("city", ("latitude", "longitude"), "place_is_exact")}),
        (_("Public page"), {"fields": ("website", "visibility", "accepts_members")}),
        (_("When"), {"fields": ("founded", "dissolved", "verified_on", "changed_at")}),
        (None, {"fields": ("is_fictional",)}),
    )

    def view_on_site(self, obj: Organisation) -> str | None:
        return obj.get_absolute_url() if obj.visibility in Organisation.OPEN else None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # Acceptance is what publishes a proposal.
        return (*fields, "visibility") if _is_proposed(obj) else fields

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        return queryset.found_by(search_term), False

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        may_admit = bool(COORDINATORS & site.offices(request))
        return super().changelist_view(request, {"may_admit": may_admit, **(extra_context or {})})

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Under the form stand its statuses in the federations the person coordinates."""
        obj = self.get_object(request, unquote(object_id))
        extra = {"bonds": bonds_of(obj, request) if obj else []}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    # --- saving -------------------------------------------------------------------------

    def save_model(self, request: Any, obj: Organisation, form: Any, change: bool) -> None:
        if _is_renamed(form):
            renamed = workflow.rename(
                organisation=obj,
                name=obj.name,
                by=request.user,
                office=self.audit_office(request, obj),
                federation=self.audit_federation(request, obj),
            )
            obj.slug = renamed.slug
        super().save_model(request, obj, form, change)
        if "visibility" in form.changed_data:
            shielding.follow(obj, self.audit_office(request, obj))

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[str]:
        fields = super().construct_change_message(request, form, formsets, add)
        # The door of renaming has written its own event.
        told = {"name", "is_spelling"} if _is_renamed(form) else {"is_spelling"}
        return [name for name in fields if name not in told]

    def audit_federation(self, request: HttpRequest, obj: Any) -> str:
        """The first of its federations for which the person may act."""
        bonds = Affiliation.objects.not_ended().filter(organisation=obj)
        managed = Federation.objects.managed_by(request.user)
        federation = managed.filter(pk__in=bonds.values("federation")).first()
        return federation.slug if federation else ""

    def audit_office(self, request: HttpRequest, obj: Any) -> str:
        office = super().audit_office(request, obj)
        is_coordinator = office != OPERATOR and self.audit_federation(request, obj)
        return office if is_coordinator or office == OPERATOR else SECRETARY


def bonds_of(obj: Organisation, request: HttpRequest) -> "QuerySet[Affiliation]":
    bonds: QuerySet[Affiliation] = Affiliation.objects.managed_by(request.user)
    return bonds.filter(organisation=obj).select_related("organisation", "status__federation")


def _is_renamed(form: Any) -> bool:
    return "name" in form.changed_data and not form.cleaned_data.get("is_spelling")


def _is_proposed(obj: Any) -> bool:
    return obj is not None and obj.visibility == PROPOSED


site.register(Organisation, OrganisationAdmin)
