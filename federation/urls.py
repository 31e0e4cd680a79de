"""The site map. English pages have no prefix, other languages stand under theirs."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import TemplateView

from federation import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/", include("federation.api")),
    *i18n_patterns(
        path("", TemplateView.as_view(template_name="home.html"), name="home"),
        path("", include("directory.urls")),
        path("", include("membership.urls")),
        path("accounts/", include("federation.account_urls")),
        prefix_default_language=False,
    ),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("federation.demo.urls")))
