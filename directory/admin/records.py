"""Decisions, sources, host organisations, and who holds office in an organisation."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory import decisions
from directory.admin.fields import OrganisationAddress
from directory.folding import fold
from directory.models import Decision, HostOrganisation, Organisation, OrganisationOffice, Source
from federation.admin import SECRETARY, ScopedAdmin, site
from federation.admin.scoped import COORDINATORS


class FoldedSearch(ScopedAdmin):
    """Looks for each word, folded, in `search_fields`; the same on every database.

    A federation has hundreds of these rows, so they are looked through in memory.
    """

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        words = fold(search_term).split()
        if not words:
            return queryset, False
        rows = queryset.order_by().values_list("pk", *self.search_fields)
        texts = ((pk, fold(" ".join(map(str, values)))) for pk, *values in rows)
        found = [pk for pk, text in texts if all(word in text for word in words)]
        return queryset.filter(pk__in=found), False


class DecisionAdmin(FoldedSearch):
    """For reading, and for recording one of the past on which affiliations rest.

    What a decision changes is recorded at the desk, and so are corrections.
    """

    added_by = COORDINATORS
    readonly_fields = ("recorded_at", "corrects", "correction_note")
    list_display = ("decided_on", "body", "place", "reference", "federation")
    list_filter = ("federation", "body")
    list_select_related = ("federation",)
    search_fields = ("decided_on", "place", "reference")
    search_help_text = _("Day (2024-05-01), place or reference.")
    fields = (
        *("federation", "body", "decided_on", "place", "reference", "texts"),
        *("corrects", "correction_note", "recorded_at"),
    )

    def get_fields(self, request: Any, obj: Decision | None = None) -> Any:
        """What is shown of a decision that is not there yet is what can be filled in."""
        fields = super().get_fields(request, obj)
        return fields if obj else [name for name in fields if name not in self.readonly_fields]

    def save_model(self, request: Any, obj: Decision, form: Any, change: bool) -> None:
        """By the door: into the register."""
        names = ("federation", "body", "decided_on", "place", "reference", "texts")
        words = {name: getattr(obj, name) for name in names}
        office = self.audit_office(request, obj)
        obj.pk = decisions.record(**words, by=request.user, office=office).pk
        obj._state.adding = False

    def log_addition(self, request: Any, obj: Decision, message: Any) -> None:
        """The door has told the trail."""


class SourceAdmin(FoldedSearch):
    """The source that a decision is by itself, is kept with the decision."""

    changed_by = added_by = deleted_by = COORDINATORS
    fixed = ("federation",)
    list_display = ("title", "as_of", "url", "federation")
    list_filter = ("federation",)
    list_select_related = ("federation",)
    search_fields = ("title", "url", "as_of")
    search_help_text = _("Title, web address or day (2024-05-01).")
    fields = ("federation", "title", "url", "as_of", "language", "note")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        stands_alone = obj is None or obj.decision_id is None
        return stands_alone and super().has_change_permission(request, obj)


class HostOrganisationAdmin(ScopedAdmin):
    """Which organisation the people are led to who want to take part in a federation."""

    added_by = deleted_by = COORDINATORS
    list_display = ("__str__", "federation")
    list_filter = ("federation",)
    list_select_related = ("organisation", "federation")
    fields = ("federation", "organisation")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "organisation":
            among = Organisation.objects.visible_to(request.user)
            return OrganisationAddress(among=among, label=_("Address of the organisation"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OrganisationOfficeAdmin(ScopedAdmin):
    """Known inside the organisation, and nowhere else."""

    open_to = frozenset({SECRETARY})
    list_display = ("holder", "role", "organisation", "since", "until", "is_suspended")
    list_filter = ("organisation", "role")
    list_select_related = ("person", "organisation")
    fields = (
        *("organisation", "role", "holder", "since", "until"),
        *("is_suspended", "appointed_by"),
    )
    readonly_fields = ("holder",)

    @admin.display(description=_("person"))
    def holder(self, office: OrganisationOffice) -> str:
        return office.person.name or str(office.person)


site.register(Decision, DecisionAdmin)
site.register(Source, SourceAdmin)
site.register(HostOrganisation, HostOrganisationAdmin)
site.register(OrganisationOffice, OrganisationOfficeAdmin)
