"""The contents of ID tokens, access tokens and userinfo answers: the one place they are made."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from claims.display import released_values
from claims.release import released, supported_claims
from claims.subject import Subject
from claims.targets import Target

__all__ = ["Target", "contents", "released_values", "supported_claims"]

NOTHING: Mapping[str, Any] = MappingProxyType({})


def contents(
    *,
    target: Target,
    subject: Subject | None,
    scopes: Collection[str],
    requested_claims: Mapping[str, Any] = NOTHING,
    protocol: Mapping[str, Any] = NOTHING,
) -> dict[str, Any]:
    """Return the payload of `target`: the protocol's claims and the released ones.

    `subject` is None where no person stands behind the token. `scopes` are those of the grant, for
    an access token only those meant for its audience. `requested_claims` is the `claims` parameter
    (OIDC Core §5.5). `protocol` has the claims of the protocol itself; they always win.
    """
    payload = dict(protocol)
    if subject is not None:
        payload.setdefault("sub", subject.id)
        for claim, value in released(target, subject, scopes, requested_claims).items():
            payload.setdefault(claim, value)
    return payload
