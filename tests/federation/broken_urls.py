"""The site map, and pages that go wrong."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from federation import urls


def failing(error: BaseException) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    path("fails/", failing(ValueError("Kim Canary, kim@example.org, 203.0.113.7"))),
    path("forbidden/", failing(PermissionDenied())),
    path("no-database/", failing(OperationalError("connection refused"))),
    path("no-connection/", failing(InterfaceError("connection already closed"))),
    path("api/fails/", failing(ValueError("Kim Canary"))),
    path("api/no-database/", failing(OperationalError("connection refused"))),
    *urls.urlpatterns,
]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500
