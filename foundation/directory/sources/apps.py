"""App configuration of foundation.directory.sources."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SourcesConfig(AppConfig):
    """Directories, and whom they provided."""

    name = "foundation.directory.sources"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Directories")
