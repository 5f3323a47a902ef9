"""Groups: members get the attributes, administrators the permissions."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ConfigurationAdmin
from console.identity.attributes import GroupAttributesInline
from idp.accounts.authority import may_act_on_group

if TYPE_CHECKING:
    from foundation.directory.models import User


@admin.register(Group)
class GroupAdmin(ConfigurationAdmin, DjangoGroupAdmin):
    """Groups. Their names order their attributes, so they count as configuration."""

    inlines = [GroupAttributesInline]
    list_display = ["name", "members"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name"]}),
        (
            _("What members may do in this administration"),
            {"classes": ["collapse"], "fields": ["permissions"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the members along."""
        return super().get_queryset(request).annotate(member_count=Count("user"))

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> list[str]:
        """Only a superuser gives anybody power over this provider."""
        return [] if request.user.is_superuser else ["permissions"]

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Nobody changes groups whose members may do more than they."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Nobody deletes them either."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and _may_touch(request, obj)

    @display(description=_("members"), ordering="member_count")
    def members(self, group: Any) -> int:
        """Show how many people are in it."""
        count: int = group.member_count
        return count


def _may_touch(request: HttpRequest, group: Group | None) -> bool:
    return group is None or may_act_on_group(cast("User", request.user), group)
