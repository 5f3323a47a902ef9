"""App configuration of consent.approvals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """One thing, once: what is put to the people who may allow it."""

    name = "consent.approvals"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Approvals")
