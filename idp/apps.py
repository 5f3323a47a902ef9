"""App configuration of the OpenID Provider."""

from django.apps import AppConfig


class IdpConfig(AppConfig):
    """The provider: engine, people, clients, tokens."""

    name = "idp"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "OpenID Provider"

    def ready(self) -> None:
        """Register the system checks."""
        from idp import checks  # noqa: F401
