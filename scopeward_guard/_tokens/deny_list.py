"""One edition of the deny-list: what is refused although its signature is good, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._tokens.principal import Principal


@dataclass(frozen=True, slots=True)
class RevokedGrant:
    """Tokens of a grant issued up to `before` are over: all, or those with one of `scopes`."""

    before: float
    scopes: frozenset[str] | None

    def as_json(self) -> dict[str, Any]:
        """Return what is refused of the grant; `scopes` of None are all."""
        return {
            "scopes": None if self.scopes is None else sorted(self.scopes),
            "before": self.before,
        }


@dataclass(frozen=True, slots=True)
class DenyList:
    """One edition of the list; `max_age` is how long it may be relied on, in seconds."""

    revision: str
    max_age: float
    grants: Mapping[str, tuple[RevokedGrant, ...]] = field(default_factory=dict)
    tokens: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that `parse_deny_list` reads."""
        return {
            "revision": self.revision,
            "max_age": self.max_age,
            "grants": [
                {"grant_id": grant_id, **grant.as_json()}
                for grant_id, grants in self.grants.items()
                for grant in grants
            ],
            "tokens": [{"jti": token} for token in sorted(self.tokens)],
            "families": sorted(self.families),
        }

    def names(self, principal: Principal) -> bool:
        """Return whether the token that `principal` came with was revoked."""
        if principal.token_id in self.tokens or principal.family in self.families:
            return True
        return any(
            principal.issued_at <= grant.before
            and (grant.scopes is None or not grant.scopes.isdisjoint(principal.scopes))
            for grant in self.grants.get(principal.grant_id, ())
        )


def parse_deny_list(body: Mapping[str, Any]) -> DenyList:
    """Read an edition; raises `MalformedError`: half a deny-list would be worse than none."""
    try:
        grants: dict[str, tuple[RevokedGrant, ...]] = {}
        for entry in _list(body["grants"]):
            grant_id, revoked = _text(entry["grant_id"]), _revoked(entry)
            grants[grant_id] = (*grants.get(grant_id, ()), revoked)
        return DenyList(
            revision=str(body["revision"]),
            max_age=_number(body["max_age"]),
            grants=grants,
            tokens=frozenset(_text(entry["jti"]) for entry in _list(body["tokens"])),
            families=frozenset(_text(family) for family in _list(body["families"])),
        )
    except (KeyError, TypeError) as error:
        raise MalformedError("not a revocation list") from error


def _revoked(entry: Mapping[str, Any]) -> RevokedGrant:
    scopes = entry["scopes"]
    named = None if scopes is None else frozenset(_text(scope) for scope in _list(scopes))
    return RevokedGrant(before=_number(entry["before"]), scopes=named)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedError("not a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError("not a string")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise MalformedError("not a number")
    return value
