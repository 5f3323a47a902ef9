"""Which claims a set of scopes releases into which payload, and which of them by request.

Nothing here can release what was not granted: an individual request (OIDC Core §5.5) moves a claim
between the two payloads that the client reads, it never adds one. A claim that was granted alone
(`claims.single`) is released by such a request only.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from claims.releasable import Releasable, releasable
from claims.subject import Subject
from claims.targets import FOR_THE_CLIENT, Target
from foundation.base.configuration.kept import Derived


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
