"""App configuration of policy."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    """Policies, their versions, and decisions."""

    name = "policy"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Policy")
