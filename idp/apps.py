"""App configuration of the OpenID Provider."""

from django.apps import AppConfig


class IdpConfig(AppConfig):
    """The provider: engine, people, clients, tokens."""

    name = "idp"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "OpenID Provider"

    def ready(self) -> None:
        """Register the system checks, and the trigger that notes what is minted."""
        from foundation.journal.triggers import declared as triggers
        from idp import checks  # noqa: F401
        from idp.accounts.counting import outlive_lost_locks
        from idp.tokens.families.minting_trigger import TRIGGERS

        outlive_lost_locks()
        triggers.watched.append(TRIGGERS)
