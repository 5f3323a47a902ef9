"""What every admin page of configuration has in common."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from console.common.object_admin import ObjectAdmin
from foundation.base.configuration.epoch import start_new_epoch


class ConfigurationAdmin(ObjectAdmin):
    """For rows that are kept in memory: whatever is done here starts a new epoch.

    Deleting in bulk, and deleting by cascade, call no `delete` of ours.
    """

    warn_unsaved_form = True

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what belongs to a row, and start a new epoch in the same transaction."""
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            start_new_epoch()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let what is only looked at go along with what it belongs to."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        looked_at = {
            model._meta.verbose_name  # noqa: SLF001
            for model, page in self.admin_site._registry.items()  # noqa: SLF001
            if isinstance(page, ReadOnlyAdmin)
        }
        return deleted, counts, forbidden - looked_at, protected

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Delete one row, and start a new epoch in the same transaction."""
        with transaction.atomic():
            super().delete_model(request, obj)
            start_new_epoch()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Delete rows in bulk, and start a new epoch in the same transaction."""
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            start_new_epoch()


class SuperusersAdmin(ConfigurationAdmin):
    """For rows that say whose word on people counts: only superusers see and change them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether it is in the menu."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever chooses whose word counts chooses who may sign in as whom."""
        return bool(request.user.is_active and request.user.is_superuser)

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


class ReadOnlyAdmin(ObjectAdmin):
    """Rows that are looked at here and written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows by hand."""
        return False
