"""The seats of a federation's bodies. Who holds them is recorded at the desk."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from directory.models import Seat
from federation.admin import ScopedAdmin, ScopedForm, site
from federation.admin.scoped import COORDINATORS


class SeatForm(ScopedForm):
    """The statuses are those of its federation."""

    def clean(self) -> Any:
        cleaned = super().clean()
        of = cleaned.get("federation") or getattr(self.instance, "federation", None)
        if any(status.federation != of for status in cleaned.get("statuses") or ()):
            self.add_error("statuses", _("This status belongs to another federation."))
        return cleaned


class SeatAdmin(ScopedAdmin):
    """A seat that was ever held stays, and what it was held as is part of the past."""

    form = SeatForm
    changed_by = added_by = deleted_by = COORDINATORS
    fixed = ("federation",)
    list_display = ("__str__", "body", "federation", "is_one")
    list_filter = ("federation", "body")
    list_select_related = ("federation",)
    fields = ("federation", "body", "titles", "descriptions", "is_one", "statuses", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        was_held = obj is not None and obj.terms.exists()
        return (*fixed, "body", "is_one") if was_held else fixed

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


site.register(Seat, SeatAdmin)
