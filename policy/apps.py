"""App configuration of policy."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    """Policies, their versions, and decisions."""

    name = "policy"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Policy")

    def ready(self) -> None:
        """Have triggers and partitions of the decision log put in place after every `migrate`."""
        from foundation.base.partitions.table import declared
        from foundation.journal.triggers.declared import watched
        from policy.decision_log.triggers import DECISION_LOG, PARTITIONS

        watched.append(DECISION_LOG)
        declared.append(PARTITIONS)
