"""What the provider revoked before it expired: a deny-list, asked for about once a second.

A JWT says what was so when it was signed. The list says what changed since: grants (whole, or some
scopes of them), token families, single tokens. It needs to reach back only as far as a token lives.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from scopeward_guard._base.errors import BadTokenError, MalformedError, UnavailableError
from scopeward_guard._base.per_process import Polling
from scopeward_guard._provider.settings import WhenStale
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.deny_list import DenyList, parse_deny_list
from scopeward_guard._tokens.principal import Principal


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

    def has_begun(self) -> bool:
        """Whether this process polls; the first check waits for the first list."""
        return self._polling.has_begun()

    def begin(self) -> None:
        """Poll, unless this process does so already."""
        self._polling.ensure()

    def check(self, principal: Principal) -> None:
        """Raise `BadTokenError` for a revoked token, `UnavailableError` if that cannot be known."""
        self.begin()
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
