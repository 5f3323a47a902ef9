"""The scopes of a resource server that is set up by a program."""

from collections.abc import Mapping
from typing import Any

from claims.catalogue.models import Scope, ScopeCard


def install_scopes(audience: str, scopes: Mapping[str, Mapping[str, Any]]) -> None:
    """Add scopes that are missing: `{name: columns of Scope}`, for one resource server.

    Existing ones keep their words, and follow the resource server to a new address.
    """
    for position, (name, columns) in enumerate(scopes.items(), start=1):
        defaults = {
            "card": ScopeCard.ACCESS,
            "position": 500 + position,
            "resource_server": audience,
            **columns,
        }
        scope, _is_new = Scope.objects.get_or_create(name=name, defaults=defaults)
        if scope.resource_server != audience:
            scope.resource_server = audience
            scope.save()
