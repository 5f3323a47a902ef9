"""The admin as an installed app: our site, our pages."""

from importlib import import_module

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    """Django's admin on our site."""

    default_site = "idp.admin.site.Site"

    def ready(self) -> None:
        """Register what every package offers, then the pages of this one."""
        super().ready()
        for pages in ("people", "groups", "sign_in", "applications", "signing_keys", "risk"):
            import_module(f"idp.admin.{pages}")
