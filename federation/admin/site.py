"""The panel itself: who may enter, and what it does without."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import update_wrapper
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from federation.admin.asking import asked_once
from federation.admin.offices import COORDINATOR, Scope, offices_of
from federation.admin.scoped import ScopedAdmin
from federation.admin.trail import explained
from federation.models import AuditEvent, Federation
from federation.scopes import is_somebody

LAST_EVENTS = 10


class Notice(NamedTuple):
    """Something that may wait for the person: how many there are, and what they are called."""

    label: str | Promise
    waiting: Scope


class ScopedAutocomplete(AutocompleteJsonView):
    """Searches what the field itself offers: at both ends the same scope."""

    def process_request(self, request: HttpRequest) -> Any:
        term, model_admin, field, to_field = super().process_request(request)
        self.source = self.admin_site.registered(field.model)
        if self.source is None or field.name not in self.source.autocomplete_fields:
            raise PermissionDenied
        return term, model_admin, field, to_field

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        source: Any = self.source
        chooses = source.has_add_permission(request) or source.has_change_permission(request)
        return chooses and super().has_perm(request, obj)

    def get_queryset(self) -> "QuerySet[Any]":
        offered = self.source.choices_of(self.source_field, self.request)
        rows, _doubled = self.model_admin.get_search_results(self.request, offered, self.term)
        return rows


class CoordinatorSite(AdminSite):
    """Open to those who hold an office today, and to the operator. Nobody is staff.

    Which offices there are, the apps say by `opens_for`. A visitor is sent to sign in, anybody
    else without an office is told so (403); inside, what is not theirs is not there (404).
    """

    site_title = _("Panel")
    site_header = _("Panel")
    index_title = _("What you look after")
    CLOSED = frozenset({"password_change", "password_change_done", "view_on_site"})

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.scopes: dict[str, Scope] = {}
        self.notices: list[Notice] = []

    def opens_for(self, office: str, scope: Scope) -> None:
        """Let in whoever has rows in `scope(user)`, as the holder of `office`."""
        self.scopes[office] = scope

    def announces(self, label: str | Promise, waiting: Scope) -> None:
        """Show on the first page how many rows of `waiting(user)` there are."""
        self.notices.append(Notice(label, waiting))

    def offices(self, request: HttpRequest) -> frozenset[str]:
        return offices_of(request, self.scopes)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        if admin_class is None or not issubclass(admin_class, ScopedAdmin):
            raise ImproperlyConfigured("The panel takes only a ScopedAdmin.")
        super().register(model_or_iterable, admin_class, **options)

    def registered(self, model: Any) -> Any:
        """The admin class of the model, if it has one."""
        return self._registry.get(model)

    # --- entering -----------------------------------------------------------------------

    def has_permission(self, request: HttpRequest) -> bool:
        return is_somebody(request.user) and bool(self.offices(request))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            drawn = request.method in ("GET", "HEAD")
            try:
                with asked_once(request) if drawn else nullcontext():
                    return view(request, *args, **kwargs)
            except PermissionDenied as error:
                raise Http404 from error

        guarded = super().admin_view(update_wrapper(inside, view), cacheable)

        def at_the_door(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request):
                return guarded(request, *args, **kwargs)
            if is_somebody(request.user):
                raise PermissionDenied
            return redirect_to_login(request.get_full_path())

        return update_wrapper(at_the_door, guarded)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Signing in is the site's: there is one way in, with its limits and second factor."""
        if self.has_permission(request):
            return redirect("admin:index")
        if is_somebody(request.user):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", "") not in self.CLOSED]

    # --- pages --------------------------------------------------------------------------

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return ScopedAutocomplete.as_view(admin_site=self)(request)

    def get_app_list(self, request: HttpRequest, app_label: Any = None) -> Any:
        apps = super().get_app_list(request, app_label)
        return [app | {"name": capfirst(app["name"])} for app in apps]

    def get_log_entries(self, request: HttpRequest) -> Any:
        return AuditEvent.objects.filter(actor=request.user.pk)

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """What waits for the person, what they look after, and what they did last."""
        events = explained(self.get_log_entries(request)[:LAST_EVENTS], request, self)
        counted = [(notice.label, notice.waiting(request.user).count()) for notice in self.notices]
        extra = {
            "waiting": [(label, number) for label, number in counted if number],
            "last_events": events,
        }
        return super().index(request, {**extra, **(extra_context or {})})


site = CoordinatorSite()
site.opens_for(COORDINATOR, Federation.objects.coordinated_by)
