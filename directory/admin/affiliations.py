"""Affiliations: never edited as rows, only led through the doors of the workflow."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory import workflow
from directory.admin.forms import AdmitForm, ChangeStatusForm, CorrectForm, EndForm
from directory.models import Affiliation, Organisation
from federation.admin import ScopedAdmin, site
from federation.admin.forms import prints_of
from federation.admin.scoped import COORDINATORS
from federation.scopes import must_manage


@dataclass(frozen=True)
class Door:
    """One of the ways in which an affiliation changes. `ended` tells if an ended one may, too."""

    name: str
    label: str | Promise
    form: Any
    done: str | Promise
    ended: bool = False

    def is_open(self, bond: Affiliation) -> bool:
        return not bond.is_void and (self.ended or not (bond.until or bond.gone_on))


DOORS = (
    Door("end", _("End it"), EndForm, _("The affiliation has been ended.")),
    Door("status", _("Change the status"), ChangeStatusForm, _("The status has been changed.")),
    Door(
        "correct", _("Correct the record"), CorrectForm,
        _("The record has been corrected. The wrong one stays, marked as taken back."), ended=True,
    ),
)  # fmt: skip
ADMITTED = _("The organisation has been admitted. Its countries, languages and contacts go here.")


class AffiliationAdmin(ScopedAdmin):
    added_by = COORDINATORS
    list_display = ("organisation", "status", "began", "ended", "is_void")
    list_filter = ("federation", "status", "end_reason", "is_void")
    list_select_related = ("organisation", "status__federation")
    search_fields = ("organisation__name",)
    search_help_text = _("Any name of the organisation, or its town.")
    # What the forms of the doors search in; the page of an affiliation itself is for reading.
    autocomplete_fields = ("decision", "source", "end_decision", "end_source")
    fieldsets = (
        (None, {"fields": ("organisation", "federation", "status")}),
        (_("Since"), {"fields": ("since", "seen_on", "decision", "source")}),
        (
            _("How it ended"),
            {"fields": ("until", "gone_on", "end_reason", "end_decision", "end_source")},
        ),
        (_("Record"), {"fields": ("recorded_at", "is_void", "void_note", "corrects")}),
    )

    @admin.display(description=_("since"), ordering="begins")
    def began(self, bond: Affiliation) -> str:
        if bond.since:
            return date_format(bond.since, "SHORT_DATE_FORMAT")
        return _("known to be so on %(day)s") % {
            "day": date_format(bond.seen_on, "SHORT_DATE_FORMAT")
        }

    @admin.display(description=_("until"), ordering="until")
    def ended(self, bond: Affiliation) -> str:
        if bond.gone_on:
            return _("known to be over on %(day)s") % {
                "day": date_format(bond.gone_on, "SHORT_DATE_FORMAT")
            }
        return date_format(bond.until, "SHORT_DATE_FORMAT") if bond.until else ""

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        found = Organisation.objects.found_by(search_term)
        return queryset.filter(organisation__in=found.order_by()), False

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                f"<path:object_id>/{door.name}/",
                self.admin_site.admin_view(partial(self.door_view, door=door)),
                name=f"{name}_{door.name}",
            )
            for door in DOORS
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        bond = self.get_object(request, unquote(object_id))
        doors = [door for door in DOORS if bond and door.is_open(bond)]
        extra = {"doors": [(door.label, self._page(door.name, bond)) for door in doors]}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def _page(self, name: str, bond: Affiliation) -> str:
        return reverse(f"admin:directory_affiliation_{name}", args=[quote(bond.pk)])

    # --- the doors ----------------------------------------------------------------------

    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> Any:
        """Admit an organisation, which leads to the page of that organisation."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            form = AdmitForm(_posted(request), user=request.user)
            bond = self._save(request, form)
        if bond is None:
            return self._draw(request, form, title=_("Admit an organisation"))
        self.message_user(request, ADMITTED)
        kept = Organisation.objects.managed_by(request.user).filter(pk=bond.organisation_id)
        if not kept.exists():
            return HttpResponseRedirect(self._page("change", bond))
        page = reverse("admin:directory_organisation_change", args=[bond.organisation_id])
        return HttpResponseRedirect(page)

    def door_view(self, request: Any, object_id: str, door: Door) -> HttpResponse:
        with transaction.atomic():
            bond = self.get_object(request, unquote(object_id))
            if bond is None or not self.has_add_permission(request):
                raise Http404
            now = prints_of(bond, workflow.CORRECTABLE)
            form = door.form(_posted(request), user=request.user, bond=bond, now=now)
            result = self._save(request, form)
        if result is None:
            return self._draw(request, form, title=door.label, bond=bond)
        self.message_user(request, door.done)
        return HttpResponseRedirect(self._page("change", result))

    def _save(self, request: Any, form: Any) -> Affiliation | None:
        """What came of the form, or None with its errors."""
        if request.method != "POST" or not form.is_valid():
            return None
        try:
            with transaction.atomic():
                bond: Affiliation = form.save(office=self.audit_office(request, None))
                must_manage(bond, request.user)
        except IntegrityError:
            form.add_error(None, _("Somebody else has just saved the same. Nothing was saved."))
            return None
        except ValidationError as refusal:
            errors = getattr(refusal, "error_dict", {"": refusal})
            for name, error in errors.items():
                form.add_error(name if name in form.fields else None, error)
            return None
        return bond

    def _draw(
        self, request: HttpRequest, form: Any, *, title: Any, bond: Affiliation | None = None
    ) -> HttpResponse:
        shown = AdminForm(form, form.fieldsets, {}, model_admin=self)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": bond,
            "opts": self.opts,
            "original": bond,
            "adminform": shown,
            "errors": form.errors,
            "media": self.media + shown.media,
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/directory/affiliation/door.html", context)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


site.register(Affiliation, AffiliationAdmin)
