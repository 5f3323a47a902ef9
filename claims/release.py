"""Which claims a set of scopes releases into which payload, and which of them by request.

Nothing here can release what was not granted: an individual request (OIDC Core §5.5) moves a claim
between the two payloads that the client reads, it never adds one. A claim that was granted alone
(`claims.single`) is released by such a request only.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from claims.mappings.mapping import MappedClaim, mapped_claims
from claims.names.protocol import ANNOUNCED
from claims.names.standard import CLAIMS, SCOPE_CLAIMS, make
from claims.names.structures import announced
from claims.single import is_single, single_name
from claims.subject import Subject
from claims.targets import FOR_THE_CLIENT, Target
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


def releases(
    subject: Subject, scopes: Collection[str], withheld: Collection[str] = ()
) -> Iterator[tuple[Releasable, Any]]:
    """Yield every claim that the scopes release about a person, with its value."""
    for source in releasable(scopes):
        if source.claim in withheld:
            continue
        value = source.value_for(subject)
        if value is not None:
            yield source, value


@dataclass(frozen=True, slots=True)
class Release:
    """What decides about the claims of one payload."""

    scopes: Collection[str]
    """By their names in the catalogue: those of the grant, for an access token those meant for its
    audience. Single claims go by names of their own among them (`claims.single`)."""
    requested_claims: Mapping[str, Any] = field(default_factory=dict)
    """The `claims` parameter (OIDC Core §5.5)."""
    withheld: Collection[str] = ()
    """The claims the person left out, whatever releases or asks for them."""
    wanted: Collection[str] = ()
    """The standard claims that scopes put into access tokens as well: the resource server reads
    them there."""


def released(target: Target, subject: Subject, release: Release) -> dict[str, Any]:
    """Return what goes into one payload: what the scopes put there, and what was asked for."""
    asked = release.requested_claims.get(target)
    asked = asked if isinstance(asked, Mapping) else {}
    plan = _plan(target, frozenset(release.scopes), frozenset(release.wanted))
    found = {}
    for source, unasked in plan.whole if asked else plan.unasked:
        if source.claim in release.withheld or not (unasked or source.claim in asked):
            continue
        value = source.value_for(subject)
        if value is not None and (unasked or _matches(value, asked[source.claim])):
            found[source.claim] = value
    return found


class _Plan(NamedTuple):
    """What scopes can release into one payload, and whether without being asked for it."""

    whole: tuple[tuple[Releasable, bool], ...]
    unasked: tuple[tuple[Releasable, bool], ...]


MOST_PLANS = 1_024
_plans: Derived[dict[Any, _Plan]] = Derived(dict)
"""By target and scopes: the same few are asked for again and again. A dictionary's methods are
whole steps for other threads, and a plan that two of them make is the same twice."""


def _plan(target: Target, scopes: frozenset[str], wanted: frozenset[str]) -> _Plan:
    plans = _plans.get()
    key = target, scopes, wanted
    plan = plans.get(key)
    if plan is None:
        if len(plans) >= MOST_PLANS:
            plans.clear()
        plan = plans[key] = _made_plan(target, scopes, wanted)
    return plan


def _made_plan(target: Target, scopes: frozenset[str], wanted: frozenset[str]) -> _Plan:
    def is_unasked(source: Releasable) -> bool:
        put_there = target in source.targets or (
            target is Target.ACCESS_TOKEN and source.claim in wanted
        )
        return put_there and source.scope in scopes

    whole = tuple(
        (source, unasked)
        for source in releasable(scopes)
        if (unasked := is_unasked(source)) or _may_ask(source, target)
    )
    return _Plan(whole, tuple(pair for pair in whole if pair[1]))


def _may_ask(source: Releasable, target: Target) -> bool:
    """OIDC Core §5.5: asked for in the ID token or userinfo, and reaching the client anyway."""
    return target in FOR_THE_CLIENT and not FOR_THE_CLIENT.isdisjoint(source.targets)


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
    mapped = {announced(claim.claim) for claim in mapped_claims()} - CLAIMS
    standard = [claim for claims in SCOPE_CLAIMS.values() for claim in claims]
    return [*ANNOUNCED, *standard, *sorted(mapped)]
