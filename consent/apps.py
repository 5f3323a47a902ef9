"""App configuration of consent."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """Scopes, decisions, grants."""

    name = "consent"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Consent")

    def ready(self) -> None:
        """Have the triggers of the history put in place after every `migrate`."""
        from consent.history.triggers import after_migrate

        post_migrate.connect(after_migrate, sender=self)
