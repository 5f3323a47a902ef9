"""App configuration of claims."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    """Attributes and claim mappings."""

    name = "claims"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Claims")
