"""The settings and the site map of a demonstration, which the tests' own settings are not."""

from typing import Any

from django.db import connection
from django.test import override_settings
from django.urls import include, path

from federation.demo.build import build
from federation.urls import urlpatterns as site

urlpatterns = [*site, path("demo/", include("federation.demo.urls"))]
SETTINGS = {"DEMO": True, "SECURE_SSL_REDIRECT": False, "ROOT_URLCONF": __name__}


def begin(settings: Any) -> None:
    """For pytest-django's `settings`, which takes it back when the test ends."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)


def built() -> None:
    """The whole demonstration, for as many tests as like: see the fixture `lasting`."""
    with override_settings(**SETTINGS):
        build()
    connection.check_constraints()  # as at the end of a transaction
