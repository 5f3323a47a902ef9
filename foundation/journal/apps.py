"""App configuration of foundation.journal."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    """The history: every act once, in a chain; and the deny-list."""

    name = "foundation.journal"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("History")

    def ready(self) -> None:
        """Keep the triggers of the history in place."""
        from foundation.journal.triggers.declared import after_migrate

        post_migrate.connect(after_migrate, sender=self)
