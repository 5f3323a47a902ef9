"""App configuration of foundation.journal."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    """The history: every act once, in a chain; and the deny-list."""

    name = "foundation.journal"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("History")

    def ready(self) -> None:
        """Keep the triggers in place, and have connections know who is at work."""
        from foundation.base.partitions.table import declared
        from foundation.journal.changes.acting import introduce
        from foundation.journal.changes.watching import after_migrate, triggers_of_configuration
        from foundation.journal.triggers.declared import watched
        from foundation.journal.triggers.history import HISTORY, PARTITIONS

        watched.extend([HISTORY, triggers_of_configuration()])
        declared.append(PARTITIONS)
        post_migrate.connect(after_migrate, sender=self)
        connection_created.connect(introduce)
