"""The site map. English pages have no prefix, other languages stand under theirs."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps import views as sitemap
from django.urls import include, path

from directory.urls import data
from directory.views import Home
from federation import views
from federation.sitemaps import SITEMAPS
from membership.admin import site as panel

MAP = {"sitemaps": SITEMAPS}

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("sitemap.xml", sitemap.index, MAP | {"sitemap_url_name": "sitemap_of"}, name="sitemap"),
    path("sitemap-<section>.xml", sitemap.sitemap, MAP, name="sitemap_of"),
    path("api/", include("federation.api")),
    path("", include(data)),
    *i18n_patterns(
        path("", Home.as_view(), name="home"),
        path("", include("directory.urls")),
        path("", include("membership.urls")),
        path("accounts/", include("federation.account_urls")),
        path("privacy/", views.privacy, name="privacy"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("admin/", panel.urls),
        prefix_default_language=False,
    ),
]
if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/", include("federation.demo.urls")), prefix_default_language=False
    )

handler400 = "federation.views.bad_request"
handler403 = "federation.views.permission_denied"
handler404 = "federation.views.page_not_found"
handler429 = "federation.views.too_many_requests"  # asked for by allauth
handler500 = "federation.views.server_error"
