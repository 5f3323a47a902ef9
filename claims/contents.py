"""The contents of ID tokens, access tokens and userinfo answers: the one place they are made."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from claims.display import labels_of, released_values, shown_claims
from claims.names.structures import put_together
from claims.release import claims_of, released, supported_claims
from claims.subject import Subject
from claims.targets import Target

__all__ = [
    "Target",
    "claims_of",
    "contents",
    "labels_of",
    "released_values",
    "shown_claims",
    "supported_claims",
]

NOTHING: Mapping[str, Any] = MappingProxyType({})


def contents(  # noqa: PLR0913 - what decides about a claim
    *,
    target: Target,
    subject: Subject | None,
    scopes: Collection[str],
    requested_claims: Mapping[str, Any] = NOTHING,
    wanted: Collection[str] = (),
    withheld: Collection[str] = (),
    protocol: Mapping[str, Any] = NOTHING,
) -> dict[str, Any]:
    """Return the payload of `target`: the protocol's claims and the released ones.

    `subject` is None where no person stands behind the token. `scopes` are those of the grant, for
    an access token only those meant for its audience; single claims go by names of their own among
    them (`claims.single`). `requested_claims` is the `claims` parameter (OIDC Core §5.5); `wanted`
    are the standard claims that the resource server reads in access tokens. `withheld` are the
    claims the person left out, whatever releases or asks for them. `protocol` has the claims of the
    protocol itself; they always win.
    """
    payload = dict(protocol)
    if subject is not None:
        payload.setdefault("sub", subject.id)
        found = released(target, subject, scopes, requested_claims, withheld, wanted)
        for claim, value in put_together(found).items():
            payload.setdefault(claim, value)
    return payload
