"""App configuration of the OpenID Provider."""

from django.apps import AppConfig


class IdpConfig(AppConfig):
    """The provider: engine, people, clients, tokens."""

    name = "idp"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "OpenID Provider"

    def ready(self) -> None:
        """Register the system checks, the trigger that notes what is minted, and what follows.

        What follows when a key was copied is told by mail, which is done here.
        """
        from foundation.directory.factors import copied
        from foundation.journal.triggers import declared as triggers
        from idp import checks  # noqa: F401
        from idp.accounts.counting import outlive_lost_locks
        from idp.accounts.factors.changes import switch_off_copied
        from idp.tokens.families.minting_trigger import TRIGGERS

        outlive_lost_locks()
        triggers.watched.append(TRIGGERS)
        copied.consequences.append(switch_off_copied)
