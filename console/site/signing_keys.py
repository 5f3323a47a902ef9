"""Signing keys, to look at; they rotate by themselves, or with `manage.py rotate_keys`."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from foundation.base.keys.models import KeyState
from foundation.base.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    """The public side of each key."""

    list_display = ["kid", "algorithm", "state_label", "created_at", "activated_at", "retiring_at"]
    list_filter = ["state", "algorithm"]
    ordering = ["-created_at"]
    fields = [
        "kid",
        ("algorithm", "state"),
        ("created_at", "activated_at", "retiring_at"),
        "public_jwk",
    ]

    @display(
        description=_("state"),
        ordering="state",
        label={
            KeyState.NEXT: "info",
            KeyState.ACTIVE: "success",
            KeyState.RETIRING: "warning",
            KeyState.RETIRED: None,
        },
    )
    def state_label(self, key: SigningKey) -> tuple[str, str]:
        """Show the state as a label."""
        return key.state, key.get_state_display()
