"""What an operation demands of the token it is called with."""

import re
from dataclasses import dataclass

from scopeward_guard._challenges.challenge import (
    Challenge,
    authentication_insufficient,
    scope_insufficient,
)
from scopeward_guard._tokens.principal import Principal

_SCOPE = re.compile(r"[!#-\[\]-~]+")
_ACR = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """All of `scopes`; one of `acr_values`, if any; a sign-in at most `max_age` seconds ago."""

    scopes: frozenset[str] = frozenset()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None

    def __post_init__(self) -> None:
        if not all(map(_SCOPE.fullmatch, self.scopes)):
            raise ValueError("scopes: scope tokens (RFC 6749 §3.3)")
        if not all(map(_ACR.fullmatch, self.acr_values)):
            raise ValueError("acr_values: printable, without spaces and quotes")
        if self.max_age is not None and self.max_age < 0:
            raise ValueError("max_age: seconds, not negative")

    def unmet(self, principal: Principal, *, now: float) -> Challenge | None:
        """Return what to tell a caller who does not meet it, None when all is met.

        Scopes come first: whoever may not do this at all need not sign in again to hear so.
        """
        if not self.scopes <= principal.scopes:
            return scope_insufficient(self.scopes)
        weak = bool(self.acr_values) and principal.acr not in self.acr_values
        if weak or self._is_too_long_ago(principal, now):
            return authentication_insufficient(acr_values=self.acr_values, max_age=self.max_age)
        return None

    def _is_too_long_ago(self, principal: Principal, now: float) -> bool:
        if self.max_age is None:
            return False
        return principal.auth_time is None or now - principal.auth_time > self.max_age


def requirement(
    *scopes: str, acr_values: tuple[str, ...] = (), max_age: int | None = None
) -> Requirement:
    """Return a requirement; raises `ValueError` for scopes that could not be in a token."""
    return Requirement(scopes=frozenset(scopes), acr_values=acr_values, max_age=max_age)
