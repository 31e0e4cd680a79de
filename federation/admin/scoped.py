"""Admin classes that ask the querysets of the models for everything they show or take."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin, ShowFacets
from django.contrib.admin.utils import NestedObjects, flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, router, transaction
from django.db.models import Model, QuerySet, URLField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from federation.admin.asking import asked_once, is_among
from federation.admin.filters import Occurring
from federation.admin.forms import Prints, ScopedForm, SearchSelect, print_of_rows, prints_of
from federation.admin.history import Recorded
from federation.admin.offices import COORDINATOR, OPERATOR
from federation.scopes import must_manage
from federation.texts import TextsField

NOBODY: frozenset[str] = frozenset()
COORDINATORS = frozenset({COORDINATOR, OPERATOR})
MAX_ROWS = 100


class ScopedChoices(BaseModelAdmin):
    """Every field that names another row offers, and takes, only rows in scope."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def choices_of(self, db_field: Any, request: HttpRequest) -> "QuerySet[Any]":
        """What may be chosen: what the person manages; of a model without scopes, nothing."""
        manager = db_field.remote_field.model._default_manager
        scope = getattr(manager, "managed_by", None)
        rows: QuerySet[Any] = scope(request.user) if scope else manager.none()
        return rows.select_related()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.choices_of(db_field, request)
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = SearchSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.choices_of(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None:
            return None
        # No windows that pop up to edit related rows: they need JavaScript, and a second scope.
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(db_field, TextsField):
            field.required = not db_field.blank
            field.label = capfirst(field.label)
        return field


class ScopedAdmin(Recorded, ScopedChoices, admin.ModelAdmin):  # type: ignore[type-arg]
    """A model in the panel. Open to coordinators, and read-only unless it says otherwise.

    `open_to`, `added_by`, `changed_by` and `deleted_by` are sets of offices; which rows, the
    model's queryset named by `scope` tells. `fixed` fields are given once, when a row is added.
    """

    form = ScopedForm
    scope = "managed_by"
    open_to: frozenset[str] = COORDINATORS
    added_by: frozenset[str] = NOBODY
    changed_by: frozenset[str] = NOBODY
    deleted_by: frozenset[str] = NOBODY
    fixed: tuple[str, ...] = ()
    extra_lookups: tuple[str, ...] = ()
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    view_on_site: Any = False

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if not (self.fields or self.fieldsets):
            raise ImproperlyConfigured(f"{self}: list the fields, so that no other can be set.")
        if self.raw_id_fields or self.list_editable or self.date_hierarchy:
            raise ImproperlyConfigured(f"{self}: raw ids, edited lists, dates are not scoped.")

    # --- rows ---------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: QuerySet[Any] = getattr(super().get_queryset(request), self.scope)(request.user)
        return rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The row if it is in scope; under its lock when something is about to be saved."""
        obj = super().get_object(request, object_id, from_field)
        connection = transaction.get_connection(router.db_for_write(self.model))
        if obj is None or request.method != "POST" or not connection.in_atomic_block:
            return obj
        rows = self.model._default_manager.select_for_update().filter(pk=obj.pk)
        list(rows.values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: str) -> Any:
        raise Http404

    # --- rights -------------------------------------------------------------------------

    def _holds(self, request: HttpRequest, offices: frozenset[str]) -> bool:
        return bool(offices & self.open_to & self.admin_site.offices(request))

    def _manages(self, request: HttpRequest, obj: Model) -> bool:
        rows = self.model._default_manager.managed_by
        return is_among(request, "managed", lambda: rows(request.user), obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, self.open_to)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None or not self._holds(request, self.open_to):
            return self._holds(request, self.open_to)
        return is_among(request, "shown", lambda: self.get_queryset(request), obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, self.added_by)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        held = self._holds(request, self.changed_by)
        return held and (obj is None or self._manages(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        held = self._holds(request, self.deleted_by)
        return held and (obj is None or self._manages(request, obj))

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only what a filter of the list declares."""
        declared = {str(path) for path, _filter in self.get_list_filter(request)}
        return lookup in declared | set(self.extra_lookups)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return to_field == self.opts.pk.name

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Each filter offers what occurs in scope, also where a class only names the field."""
        return [item if isinstance(item, tuple) else (item, Occurring) for item in self.list_filter]

    # --- forms --------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (*self.readonly_fields, *(self.fixed if obj else ()))

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "panel_refusal", None)
        if change and obj is not None and self.has_change_permission(request, obj):
            form.now = self.prints(request, obj, form.base_fields)
        return form

    def prints(self, request: HttpRequest, obj: Model, names: Iterable[str]) -> Prints:
        """Fingerprints of what the page of this row lets one change, lists of details included."""
        known = prints_of(obj, names)
        inlines: Any = self.get_inline_instances(request, obj)
        for inline in inlines:
            label = str(inline.verbose_name_plural)
            known[inline.opts.label_lower] = print_of_rows(inline.rows_of(obj, request), label)
        return known

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """What an address may fill into an empty form: fields of that form, nothing else."""
        named = set(flatten_fieldsets(self.get_fieldsets(request)))
        return {k: v for k, v in super().get_changeform_initial_data(request).items() if k in named}

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show what a door refused as an error of the form; by then nothing of it is saved."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            request.panel_refusal = refusal
        except IntegrityError:
            request.panel_refusal = ValidationError(
                _("Somebody else has just saved something that excludes this. Nothing was saved.")
            )
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_inline_instances(self, request: Any, obj: Any = None) -> Any:
        with asked_once(request):
            return super().get_inline_instances(request, obj)

    def get_formsets_with_inlines(self, request: Any, obj: Any = None) -> Any:
        with asked_once(request):
            return list(super().get_formsets_with_inlines(request, obj))

    def get_inline_formsets(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with asked_once(request):
            return super().get_inline_formsets(request, *args, **kwargs)

    def get_formset_kwargs(self, request: Any, obj: Any, inline: Any, prefix: str) -> Any:
        """Draw a list of details afresh if its rows are no longer those that were shown."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        shown = request.POST.get(f"{prefix}-INITIAL_FORMS", "")
        if obj._state.adding or not shown.isdecimal():
            return given
        key = f"{prefix}-{{}}-{inline.opts.pk.name}"
        ids = {request.POST.get(key.format(n)) for n in range(min(int(shown), MAX_ROWS + 1))}
        if ids != {str(pk) for pk in inline.rows_of(obj, request).values_list("pk", flat=True)}:
            del given["data"], given["files"]
            note = _("The list “%(list)s” has changed meanwhile. It is shown as it stands now.")
            what = {"list": inline.verbose_name_plural}
            self.message_user(request, note % what, messages.WARNING)
        return given

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        try:
            must_manage(form.instance, request.user)
        except PermissionDenied as error:
            raise ValidationError(
                _("This would take the record out of what you look after. Nothing was saved.")
            ) from error

    # --- actions and deletion -----------------------------------------------------------

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """An action on several rows happens to all of them or to none."""
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        if request.method != "POST":
            return super().changelist_view(request, context)
        with transaction.atomic():
            return super().changelist_view(request, context)

    def response_action(self, request: Any, queryset: Any) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset)
        except (ValueError, ValidationError):
            self.message_user(request, _("These rows do not exist."), messages.WARNING)
            return None

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """Name the rows themselves; of what hangs on them give numbers only."""
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        gone = [row for rows in collector.model_objs.values() for row in rows]
        lacking = {row._meta.verbose_name for row in gone if not self._may_go(request, row)}
        found = collector.model_objs.items()
        numbers = {model._meta.verbose_name_plural: len(rows) for model, rows in found}
        protected = sorted({capfirst(row._meta.verbose_name_plural) for row in collector.protected})
        return [str(obj) for obj in objs], numbers, lacking, protected

    def _may_go(self, request: HttpRequest, row: Any) -> bool:
        if not self.admin_site.is_registered(type(row)):
            return True
        return self.admin_site.get_model_admin(type(row)).has_delete_permission(request, row)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for row in queryset:
            must_manage(row, request.user)
            self.delete_model(request, row)


class ScopedInline(ScopedChoices, admin.StackedInline):  # type: ignore[type-arg]
    """Details that are seen and changed with their parent, by whoever may change that.

    Stacked, since in Django's tables the fields have no labels of their own.
    """

    extra = 1
    max_num = MAX_ROWS

    def rows_of(self, obj: Model, request: HttpRequest) -> "QuerySet[Any]":
        key = self.fk_name or next(
            field.name
            for field in self.opts.get_fields()
            if field.many_to_one and field.related_model is self.parent_model
        )
        return self.get_queryset(request).filter(**{key: obj})

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: Any = super().get_queryset(request)
        return rows.managed_by(request.user)

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        if not self.fields:
            raise ImproperlyConfigured(f"{type(self).__name__}: list the fields.")
        limits = {"validate_min": True, "validate_max": True, "absolute_max": MAX_ROWS + 20}
        return super().get_formset(request, obj, **{**limits, **kwargs})

    def _parent(self) -> Any:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(self._parent().has_view_permission(request, obj))

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(self._parent().has_change_permission(request, obj))

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)
