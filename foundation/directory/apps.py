"""App configuration of foundation.directory."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """People, how they sign in, and applications."""

    name = "foundation.directory"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("People & applications")
