"""App configuration of foundation.directory.factors."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactorsConfig(AppConfig):
    """Passkeys, authenticator apps and recovery codes."""

    name = "foundation.directory.factors"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Sign-in factors")
