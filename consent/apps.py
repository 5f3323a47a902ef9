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
        """Keep the history's triggers in place; tell policy how data is labelled."""
        from consent.approvals.labels import labels_of
        from consent.history.triggers import after_migrate
        from policy.catalogue import add_source

        post_migrate.connect(after_migrate, sender=self)
        add_source(labels_of)
