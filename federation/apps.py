from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from federation import checks as checks  # says what is amiss as soon as it is imported


class FederationConfig(AppConfig):
    name = "federation"
    verbose_name = _("federations")
    default_auto_field = "django.db.models.BigAutoField"
