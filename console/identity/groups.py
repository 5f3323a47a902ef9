"""Groups: members get the attributes, administrators the permissions."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import IntegerField, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ConfigurationAdmin
from console.identity.attributes import GroupAttributesInline
from foundation.directory.models import User
from idp.accounts.authority import may_act_on_group

MOST_COUNTED = 1_000
"""Members of one group."""


class CountOf(Subquery):
    """How many rows a query has; one with a limit counts no further."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@admin.register(Group)
class GroupAdmin(ConfigurationAdmin, DjangoGroupAdmin):  # type: ignore[misc]
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
        """Count the members along, as far as anybody counts."""
        members = User.groups.through.objects.filter(group=OuterRef("pk"))
        some = members.values("pk")[: MOST_COUNTED + 1]
        return super().get_queryset(request).annotate(member_count=CountOf(some))

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

    @display(description=_("members"))
    def members(self, group: Any) -> str:
        """Show how many people are in it."""
        count: int = group.member_count
        return str(count) if count <= MOST_COUNTED else f"> {MOST_COUNTED}"


def _may_touch(request: HttpRequest, group: Group | None) -> bool:
    return group is None or may_act_on_group(cast("User", request.user), group)
