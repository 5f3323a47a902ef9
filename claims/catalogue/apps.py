"""App configuration of claims.catalogue."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """What can be asked for: scopes, authorization details, and data."""

    name = "claims.catalogue"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Scopes & data")
