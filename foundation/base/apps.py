"""App configuration of foundation.base."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BaseConfig(AppConfig):
    """The configuration epoch, signing keys, and what everything else rests on."""

    name = "foundation.base"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Keys")

    def ready(self) -> None:
        """Let the whole process go by the database's clock."""
        from foundation.base import clock

        clock.rule()
