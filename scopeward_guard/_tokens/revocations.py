"""What the provider revoked before it expired: a deny-list, asked for about once a second.

A JWT says what was so when it was signed. The list says what changed since: grants (whole, or some
scopes of them), token families, single tokens. It needs to reach back only as far as a token lives.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard._base.errors import BadTokenError, MalformedError, UnavailableError
from scopeward_guard._base.per_process import Polling
from scopeward_guard._provider.settings import WhenStale
from scopeward_guard._provider.steps import Steps, Wait
from scopeward_guard._provider.transport import Provider
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


def fetching(provider: Provider) -> Callable[[], DenyList]:
    """Return what asks for the list, saying which edition is known (RFC 9110 §13.1.2)."""
    url = f"{provider.issuer}/revocations"
    known: tuple[str, DenyList] | None = None

    def fetch() -> DenyList:
        nonlocal known
        reply = provider.get(url, etag=known[0] if known else "", authenticated=True)
        if reply.status == 304 and known:
            return known[1]
        if reply.status != 200:
            raise UnavailableError(f"the provider answered {reply.status}")
        edition = parse_deny_list(reply.json())
        known = (reply.etag, edition) if reply.etag else None
        return edition

    return fetch


@dataclass(frozen=True, slots=True)
class _Held:
    """An edition, and when it was last known to be the current one."""

    edition: DenyList
    confirmed_at: float


class Revocations:
    """The newest deny-list. The first check starts the polling, in every process of its own."""

    def __init__(
        self,
        fetch: Callable[[], DenyList],
        *,
        interval: float = 1.0,
        when_stale: WhenStale = WhenStale.DENY_SENSITIVE,
        fresh_scopes: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._clock = fetch, clock
        self._when_stale, self._fresh_scopes = when_stale, fresh_scopes
        self._polled: _Held | None = None
        self._learned: _Held | None = None
        self._polling = Polling(self.poll, interval=interval, name="scopeward-guard-revocations")

    def check(self, principal: Principal) -> Steps[None]:
        """Raise `BadTokenError` for a revoked token, `UnavailableError` if that cannot be known."""
        if not self._polling.has_begun():
            yield Wait(self._polling.ensure)
        # What was revoked stays so. An edition may lack what another has, so each of them counts.
        held = [held for held in (self._polled, self._learned) if held]
        if any(one.edition.names(principal) for one in held):
            raise BadTokenError("revoked")
        now = self._clock()
        is_fresh = any(now - one.confirmed_at <= one.edition.max_age for one in held)
        if not is_fresh and self._needs(principal):
            raise UnavailableError("the revocation list is too old")

    def poll(self) -> None:
        """Ask for the list once; keep the old one when there is no usable answer."""
        asked_at = self._clock()
        try:
            self._polled = _Held(self._fetch(), asked_at)
        except (UnavailableError, MalformedError):
            return

    def learn(self, edition: DenyList, confirmed_at: float) -> None:
        """Take an edition that came another way, in a policy bundle; the last one learned counts.

        `confirmed_at` is when it was asked for, by the same clock.
        """
        self._learned = _Held(edition, confirmed_at)

    def stop(self) -> None:
        """End the polling of this process."""
        self._polling.stop()

    def _needs(self, principal: Principal) -> bool:
        if self._when_stale is WhenStale.DENY_SENSITIVE:
            named = not self._fresh_scopes.isdisjoint(principal.scopes)
            return named or bool(principal.authorization_details)
        return self._when_stale is WhenStale.DENY
