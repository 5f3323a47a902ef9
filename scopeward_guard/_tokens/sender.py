"""Whether a token comes from whom it was issued to (RFC 9449, RFC 8705)."""

from typing import Protocol

from scopeward_guard._base.errors import BadTokenError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._tokens.principal import Principal


class SenderConstraint(Protocol):
    """Checks that whoever sends a token is whom it was issued to."""

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Raise `BadTokenError` unless the request proves it."""


class BearerOnly:
    """No proof is understood, so a token that demands one is refused, not used as a bearer's."""

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Refuse tokens bound to a key (RFC 7800 §3.1, RFC 9449 §7.2)."""
        if principal.confirmation:
            raise BadTokenError("bound to a key that nobody proved to have")
