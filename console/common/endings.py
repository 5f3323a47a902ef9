"""Rows that tokens depend on: when one is switched off or deleted, resource servers are told."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from console.common.configuration_admin import ConfigurationAdmin
from idp.tokens.revocation import announce_end


class EndsTokensAdmin(ConfigurationAdmin):
    """For people and applications."""

    column_of_family = ""
    """The column of a token family that names the row."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and announce it when the row is switched off."""
        with transaction.atomic():
            self.write(request, obj, form, change)
            if "is_active" in form.changed_data and not obj.is_active:
                announce_end(**{self.column_of_family: obj.pk})

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the row itself."""
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Announce it, and delete one row."""
        with transaction.atomic():
            self._announce(self.model._default_manager.filter(pk=obj.pk))  # noqa: SLF001
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Announce it, and delete rows in bulk."""
        with transaction.atomic():
            self._announce(queryset)
            super().delete_queryset(request, queryset)

    def _announce(self, rows: models.QuerySet[Any]) -> None:
        # Locked before the tokens are looked for: one issued meanwhile would not be announced.
        locked = rows.order_by("pk").select_for_update().values_list("pk", flat=True)
        announce_end(**{f"{self.column_of_family}__in": list(locked)})
