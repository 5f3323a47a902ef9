"""The contents of ID tokens, access tokens and userinfo answers: the one place they are made."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from claims.display.in_words import ShownClaim, labels_of, released_values, shown_claims
from claims.names.structures import put_together
from claims.releasable import claims_of, supported_claims
from claims.release import Release, released
from claims.subject import Subject
from claims.targets import Target

__all__ = [
    "Release",
    "ShownClaim",
    "Target",
    "claims_of",
    "contents",
    "labels_of",
    "released_values",
    "shown_claims",
    "supported_claims",
]

NOTHING: Mapping[str, Any] = MappingProxyType({})


def contents(
    target: Target,
    subject: Subject | None,
    release: Release,
    protocol: Mapping[str, Any] = NOTHING,
) -> dict[str, Any]:
    """Return the payload of `target`: the protocol's claims and the released ones.

    `subject` is None where no person stands behind the token. `protocol` has the claims of the
    protocol itself; they always win.
    """
    payload = dict(protocol)
    if subject is not None:
        payload.setdefault("sub", subject.id)
        for claim, value in put_together(released(target, subject, release)).items():
            payload.setdefault(claim, value)
    return payload
