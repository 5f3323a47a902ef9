"""System checks about what the console brings along: the accounts of the demo."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from console.demo import people as demo
from foundation.directory.models import User


@register(Tags.security, Tags.database)
def check_demo_accounts(
    databases: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Refuse to serve the accounts of the demo, whose password everybody knows (E011)."""
    if not settings.PRODUCTION or "default" not in (databases or []):
        return []
    try:
        names = [person.username for person in demo.PEOPLE]
        found = [
            person.get_username()
            for person in User.objects.filter(username_key__in=names, is_active=True)
            if check_password(demo.PASSWORD, person.password)
        ]
    except DatabaseError:  # not migrated yet, or away; /readyz tells
        return []
    return [
        Error(f"The demo's account {name} is active in production.", id="scopeward.E011")
        for name in found
    ]
