"""Which claims a set of scopes can release, whatever the payload."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from claims.mappings.mapping import MappedClaim, mapped_claims
from claims.names.protocol import ANNOUNCED
from claims.names.standard import CLAIMS, SCOPE_CLAIMS, make
from claims.names.structures import announced
from claims.single import is_single, single_name
from claims.subject import Subject
from claims.targets import Target
from foundation.base.configuration.kept import Derived


@dataclass(frozen=True, slots=True)
class StandardClaim:
    """One standard claim with its scope. OIDC Core §5.4: a code flow releases into userinfo."""

    claim: str
    scope: str
    targets: ClassVar[frozenset[Target]] = frozenset({Target.USERINFO})

    def value_for(self, subject: Subject) -> Any:
        """Return the claim's value, None when there is none."""
        return make(subject.standard, self.claim)


Releasable = StandardClaim | MappedClaim
_STANDARD = tuple(
    StandardClaim(claim, scope) for scope, claims in SCOPE_CLAIMS.items() for claim in claims
)


MOST_COMBINATIONS = 1_000
"""Of scopes whose claims are kept; people choose among them, so there could be many."""


def releasable(scopes: Collection[str]) -> tuple[Releasable, ...]:
    """Return every claim that one of the scopes releases, whatever the payload.

    Among them may be names of single claims. Warm: no statement.
    """
    asked, kept = frozenset(scopes), _releasable.get()
    found = kept.get(asked)
    if found is None:
        if len(kept) >= MOST_COMBINATIONS:
            kept.clear()
        found = kept[asked] = tuple(_releasable_by(asked))
    return found


def _releasable_by(scopes: frozenset[str]) -> Iterator[Releasable]:
    singly = any(is_single(name) for name in scopes)
    for standard in _STANDARD:
        if standard.scope in scopes or (singly and _is_alone(standard, scopes)):
            yield standard
    for mapped in mapped_claims():
        if mapped.claim in CLAIMS:
            continue
        if mapped.scope in scopes or (singly and _is_alone(mapped, scopes)):
            yield mapped


_releasable: Derived[dict[frozenset[str], tuple[Releasable, ...]]] = Derived(dict)
"""By scopes; of the configuration in use."""


def _is_alone(source: Releasable, names: Collection[str]) -> bool:
    return single_name(source.scope, source.claim) in names


def claims_of(scope: str) -> tuple[str, ...]:
    """Return the names of the claims that a scope, or a single claim, releases.

    Warm: no statement.
    """
    return _claims.get().get(scope, ())


def _index() -> Mapping[str, tuple[str, ...]]:
    """Return the claims by the scope that releases them, and by their names as single claims."""
    found: dict[str, list[str]] = defaultdict(list)
    mapped = (claim for claim in mapped_claims() if claim.claim not in CLAIMS)
    sources: tuple[Releasable, ...] = (*_STANDARD, *mapped)
    for source in sources:
        found[source.scope].append(source.claim)
        found[single_name(source.scope, source.claim)].append(source.claim)
    return {name: tuple(claims) for name, claims in found.items()}


_claims = Derived(_index)


def supported_claims() -> list[str]:
    """Return `claims_supported` for the discovery document (OIDC Discovery §3)."""
    mapped = {announced(claim.claim) for claim in mapped_claims()} - CLAIMS
    standard = [claim for claims in SCOPE_CLAIMS.values() for claim in claims]
    return [*ANNOUNCED, *standard, *sorted(mapped)]
