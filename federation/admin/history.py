"""What is done in the panel goes into the audit trail, and the history of a row comes from it."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from federation import audit
from federation.admin.offices import COORDINATOR, OPERATOR
from federation.admin.trail import explained
from federation.models import AuditEvent, Federation
from federation.scopes import is_operator

EVENTS_PER_PAGE = 100


class Recorded:
    """Django's own log is never written: it would keep names and values."""

    model: Any
    opts: Any
    admin_site: Any
    get_object: Any
    has_view_permission: Any

    # --- writing ------------------------------------------------------------------------

    def audit_federation(self, request: HttpRequest, obj: Any) -> str:
        """The slug of the federation whose coordinators may read about the row in the trail."""
        federation = obj if isinstance(obj, Federation) else getattr(obj, "federation", None)
        return federation.slug if federation is not None else ""

    def audit_office(self, request: HttpRequest, obj: Any) -> str:
        return OPERATOR if is_operator(request.user) else COORDINATOR

    def record(
        self, action: audit.Action, request: HttpRequest, obj: Any, fields: Any = ()
    ) -> None:
        audit.record(
            action,
            obj,
            by=request.user,
            office=self.audit_office(request, obj),
            fields=fields,
            federation=self.audit_federation(request, obj),
        )

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[str]:
        """Names of the fields, and of the lists of details, that have changed."""
        own = [name for name in form.changed_data if name in form._meta.fields]
        changed = (formset.fk.remote_field for formset in formsets if formset.has_changed())
        return own + [str(relation.get_accessor_name()) for relation in changed]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self.record(audit.Action.ADD, request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        if message:
            self.record(audit.Action.CHANGE, request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.record(audit.Action.DELETE, request, obj)

    # --- reading ------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The events of one row: when, what, in which office, which fields; no values."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        events = AuditEvent.objects.filter(model=self.opts.label, record=str(obj.pk))
        page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("p"))
        page.object_list = explained(page.object_list, request, self.admin_site)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(record)s") % {"record": obj},
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": obj,
            "opts": self.opts,
            "page": page,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/object_history.html", context)
