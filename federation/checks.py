"""What is amiss in the configuration, said by `manage.py check --deploy` before it does harm."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.http.request import validate_host


@register(Tags.security, deploy=True)
def addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Letters lead to SITE_URL: it must be an address that this site answers to."""
    site = urlsplit(settings.SITE_URL)
    found: list[CheckMessage] = []
    if not validate_host(site.hostname or "", settings.ALLOWED_HOSTS):
        hint = "Set SITE_URL to the address of this site, and ALLOWED_HOSTS to its name."
        found.append(Error("SITE_URL is not among ALLOWED_HOSTS.", hint=hint, id="federation.E001"))
    if settings.HTTPS and site.scheme != "https":
        hint = "Write it with https://, or set HTTPS=0 where there is no TLS."
        found.append(Error("SITE_URL is not an https address.", hint=hint, id="federation.E002"))
    return found


@register(Tags.security, deploy=True)
def people(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What works without being set, but not for those who need it."""
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        hint = "Set EMAIL_URL to your mail server, see .env.example."
        found.append(Info("Letters are sent to nobody.", hint=hint, id="federation.I001"))
    if not settings.SECURITY_CONTACT:
        hint = "Set SECURITY_CONTACT; /.well-known/security.txt and the privacy page show it."
        found.append(
            Info("Nobody is named to tell about weaknesses.", hint=hint, id="federation.I002")
        )
    return found
