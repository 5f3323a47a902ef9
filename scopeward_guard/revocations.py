"""What the provider revoked before it expired: a deny-list, asked for about once a second.

A JWT says what was so when it was signed. The list says what changed since: grants (whole, or some
scopes of them), token families, single tokens. It needs to reach back only as far as a token lives.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard.errors import BadTokenError, MalformedError, UnavailableError
from scopeward_guard.principal import Principal
from scopeward_guard.settings import WhenStale
from scopeward_guard.transport import Provider


@dataclass(frozen=True, slots=True)
class RevokedGrant:
    """Tokens of a grant issued up to `before` are over: all, or those with one of `scopes`."""

    before: float
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class DenyList:
    """One edition of the list; `max_age` is how long it may be relied on, in seconds."""

    revision: str
    max_age: float
    grants: Mapping[str, tuple[RevokedGrant, ...]] = field(default_factory=dict)
    tokens: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()

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
        self._fetch, self._clock, self._interval = fetch, clock, interval
        self._when_stale, self._fresh_scopes = when_stale, fresh_scopes
        self._held: tuple[DenyList, float] | None = None
        self._polled_by = 0
        self._starting = threading.Lock()
        self._stop = threading.Event()

    def check(self, principal: Principal) -> None:
        """Raise `BadTokenError` for a revoked token, `UnavailableError` if that cannot be known."""
        if self._polled_by != os.getpid():  # a fork takes no threads along
            self._start()
        held = self._held
        if held is not None and held[0].names(principal):
            raise BadTokenError("revoked")
        if (held is None or self._clock() - held[1] > held[0].max_age) and self._needs(principal):
            raise UnavailableError("the revocation list is too old")

    def poll(self) -> None:
        """Ask for the list once; keep the old one when there is no usable answer."""
        asked_at = self._clock()
        try:
            self._held = (self._fetch(), asked_at)
        except (UnavailableError, MalformedError):
            return

    def stop(self) -> None:
        """End the polling of this process."""
        self._stop.set()

    def _needs(self, principal: Principal) -> bool:
        if self._when_stale is WhenStale.DENY_SENSITIVE:
            named = not self._fresh_scopes.isdisjoint(principal.scopes)
            return named or bool(principal.authorization_details)
        return self._when_stale is WhenStale.DENY

    def _start(self) -> None:
        with self._starting:
            if self._polled_by == os.getpid():
                return
            self._stop = threading.Event()
            self.poll()  # the first request waits, so that it is not answered from nothing
            threading.Thread(
                target=self._keep_polling, args=(self._stop,),
                name="scopeward-guard-revocations", daemon=True,
            ).start()  # fmt: skip
            self._polled_by = os.getpid()

    def _keep_polling(self, stop: threading.Event) -> None:
        while not stop.wait(self._interval):
            self.poll()
