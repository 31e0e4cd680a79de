"""The settings and the site map of a demonstration, which the tests' own settings are not."""

from typing import Any

from django.urls import include, path

from federation.urls import urlpatterns as site

urlpatterns = [*site, path("demo/", include("federation.demo.urls"))]


def begin(settings: Any) -> None:
    """For pytest-django's `settings`, which takes it back when the test ends."""
    settings.DEMO = True
    settings.SECURE_SSL_REDIRECT = False
    settings.ROOT_URLCONF = __name__
