"""Opaque access tokens: asked about at the provider (RFC 7662), kept for seconds at most."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from scopeward_guard._base.errors import BadTokenError, UnavailableError
from scopeward_guard._provider.steps import Post, Reply, Steps
from scopeward_guard._tokens.principal import Expectation, Principal, principal_from

MAX_TOKEN_CHARACTERS = 4_096
MAX_KEPT = 4_096
TOKEN_TYPES = frozenset({"bearer", "dpop"})


class Introspector:
    """Asks the provider about each token; with `keep_for` above 0, once in so many seconds.

    A kept answer is a revocation not seen: the time is at most five seconds (`GuardSettings`), and
    answers with `authorization_details` are never kept.
    """

    def __init__(
        self,
        endpoint: Callable[[], Steps[str]],
        expectation: Expectation,
        *,
        clock: Callable[[], float],
        keep_for: float = 0.0,
    ) -> None:
        self._endpoint, self._expectation = endpoint, expectation
        self._clock, self._keep_for = clock, keep_for
        self._kept: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()
        self._lock = threading.Lock()

    def introspect(self, token: str) -> Steps[Principal]:
        """Return who presents the token; raises `BadTokenError` or `UnavailableError`."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise BadTokenError("too long")
        digest = hashlib.sha256(token.encode()).digest()
        kept = self._kept.get(digest) if self._keep_for else None
        now = self._clock()
        if kept and now < min(kept[0] + self._keep_for, kept[1].expires_at):
            return kept[1]
        principal = yield from self._ask(token)
        if self._keep_for and not principal.authorization_details:
            self._keep(digest, now, principal)
        return principal

    def _ask(self, token: str) -> Steps[Principal]:
        form = {"token": token, "token_type_hint": "access_token"}
        reply: Reply = yield Post((yield from self._endpoint()), form=form)
        if reply.status != 200:  # our own credentials were refused (RFC 7662 §2.3)
            raise UnavailableError(f"introspection answered {reply.status}")
        answer = reply.json()
        if answer.get("active") is not True:
            raise BadTokenError("not active")
        # RFC 7662 §2.2. A refresh token is active too, but has no type to be presented with.
        if str(answer.get("token_type", "")).lower() not in TOKEN_TYPES:
            raise BadTokenError("not an access token")
        return principal_from(answer, self._expectation, now=self._clock())

    def _keep(self, digest: bytes, now: float, principal: Principal) -> None:
        with self._lock:
            self._kept[digest] = (now, principal)
            self._kept.move_to_end(digest)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
