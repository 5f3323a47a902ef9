"""App configuration of foundation.directory.upstream."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UpstreamConfig(AppConfig):
    """Providers upstream, and the accounts of people there."""

    name = "foundation.directory.upstream"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Sign-in elsewhere")
