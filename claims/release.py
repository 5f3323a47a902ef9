"""Which claims a set of scopes releases into which payload, and which of them by request.

Nothing here can release what no granted scope covers: an individual request (OIDC Core §5.5)
moves a claim between the two payloads that the client reads, it never adds one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from claims.mapping import claim_value, mapped_claims
from claims.protocol import ANNOUNCED
from claims.standard import CLAIMS, SCOPE_CLAIMS, make
from claims.subject import Subject
from claims.targets import FOR_THE_CLIENT, Target

STANDARD_TARGETS = frozenset({Target.USERINFO})
"""OIDC Core §5.4: with a code flow, the standard scopes release into userinfo."""


@dataclass(frozen=True, slots=True)
class Release:
    """One claim that one scope releases, with its value; into `targets` without being asked."""

    claim: str
    value: Any
    scope: str
    targets: frozenset[Target]


def releases(subject: Subject, scopes: Collection[str]) -> Iterator[Release]:
    """Yield every claim that the scopes release and that has a value, whatever the payload."""
    for scope, claims in SCOPE_CLAIMS.items():
        if scope in scopes:
            for claim in claims:
                value = make(subject.standard, claim)
                if value is not None:
                    yield Release(claim, value, scope, STANDARD_TARGETS)
    for mapped in mapped_claims():
        if mapped.scope in scopes and mapped.claim not in CLAIMS:
            value = claim_value(mapped, subject.attributes)
            if value is not None:
                yield Release(mapped.claim, value, mapped.scope, mapped.targets)


def released(
    target: Target,
    subject: Subject,
    scopes: Collection[str],
    requested_claims: Mapping[str, Any],
) -> list[Release]:
    """Return what goes into one payload: what the scopes put there, and what was asked for."""
    asked = requested_claims.get(target)
    asked = asked if isinstance(asked, Mapping) else {}
    return [
        release
        for release in releases(subject, scopes)
        if target in release.targets or _is_asked_for(release, target, asked)
    ]


def _is_asked_for(release: Release, target: Target, asked: Mapping[str, Any]) -> bool:
    """OIDC Core §5.5: asked for in the ID token or userinfo, and reaching the client anyway."""
    return (
        release.claim in asked
        and target in FOR_THE_CLIENT
        and not FOR_THE_CLIENT.isdisjoint(release.targets)
        and _matches(release.value, asked[release.claim])
    )


def _matches(value: Any, request: Any) -> bool:
    """OIDC Core §5.5.1: a request may name the value or values it is interested in."""
    if not isinstance(request, Mapping):
        return True
    if "value" in request and not _same(request["value"], value):
        return False
    values = request.get("values")
    return not isinstance(values, list) or any(_same(wanted, value) for wanted in values)


def _same(wanted: Any, value: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    return type(wanted) is type(value) and bool(wanted == value)


def supported_claims() -> list[str]:
    """Return `claims_supported` for the discovery document (OIDC Discovery §3)."""
    mapped = {claim.claim for claim in mapped_claims()} - CLAIMS
    standard = [claim for claims in SCOPE_CLAIMS.values() for claim in claims]
    return [*ANNOUNCED, *standard, *sorted(mapped)]
