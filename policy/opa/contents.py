"""What a bundle says of the provider: `data.scopeward.provider`, for one resource server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard.vocabulary import ADDED, DIGEST, MAY_BE_MORE, REQUIRED, DenyList

Json = Mapping[str, Any]

BINDING: Json = {
    "added": sorted(ADDED),
    "digest": DIGEST,
    "may_be_more": MAY_BE_MORE,
    "required": sorted(REQUIRED),
}
"""Which members bind an approval: the names that the guard goes by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything in a bundle but the rules; equal contents make equal bundles."""

    issuer: str
    audience: str
    jwks: tuple[Json, ...]
    """Public keys (RFC 7517), each with `kid` and `alg`."""
    scopes: Mapping[str, Json]
    details_types: Mapping[str, Json]
    deny_list: DenyList
    valid_until: int
    """Epoch seconds; nothing is permitted by this bundle afterwards."""

    def as_json(self) -> dict[str, Any]:
        """Return the document, but for its revision, made for looking things up by id."""
        return {
            "issuer": self.issuer,
            "audience": self.audience,
            "keys": {key["kid"]: _key(key) for key in self.jwks},
            "scopes": {name: dict(scope) for name, scope in self.scopes.items()},
            "details_types": {name: dict(entry) for name, entry in self.details_types.items()},
            "deny_list": _looked_up(self.deny_list),
            "binding": BINDING,
            "valid_until": self.valid_until,
        }


def _key(key: Json) -> dict[str, str]:
    """Return one key as OPA's `io.jwt` takes it: a JWKS of its own, as text."""
    return {"alg": key["alg"], "jwks": json.dumps({"keys": [dict(key)]}, sort_keys=True)}


def _looked_up(listed: DenyList) -> dict[str, Any]:
    return {
        "tokens": dict.fromkeys(sorted(listed.tokens), True),
        "families": dict.fromkeys(sorted(listed.families), True),
        "grants": {
            grant_id: [grant.as_json() for grant in grants]
            for grant_id, grants in listed.grants.items()
        },
    }
