"""The console as installed apps: our site, our pages, our commands."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps

PAGES = (
    "applications.applications",
    "approvals.delegations",
    "approvals.rules",
    "approvals.webhooks",
    "catalogue.claims",
    "catalogue.details_types",
    "catalogue.scopes",
    "figures.page",
    "house.mails",
    "house.page",
    "identity.elsewhere.directories",
    "identity.factor_rules",
    "identity.groups",
    "identity.lives.importing",
    "identity.invitations",
    "identity.levels",
    "identity.people",
    "identity.elsewhere.providers",
    "identity.lives.resetting",
    "identity.risk",
    "identity.elsewhere.scim",
    "identity.sign_in",
    "preview.page",
    "records.approvals",
    "records.changes",
    "records.decision_pages",
    "records.decisions",
    "records.grants",
    "records.history",
    "site.signing_keys",
    "workbench.cases",
    "workbench.sets",
    "workbench.versions",
)
"""Modules that register pages, below this package."""


class ConsoleConfig(AppConfig):
    """Commands, templates and checks of the console."""

    name = "console"
    verbose_name = "Console"

    def ready(self) -> None:
        """Register the system checks."""
        from console import checks  # noqa: F401


class AdminConfig(apps.AdminConfig):
    """Django's admin on our site."""

    default_site = "console.site.site.ConsoleSite"

    def ready(self) -> None:
        """Register our pages; nothing is registered by importing a package."""
        from console.common import short_classes

        super().ready()
        short_classes.shorten()
        for page in PAGES:
            import_module(f"console.{page}")
