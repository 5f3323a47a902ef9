"""Whether a token comes from whom it was issued to (RFC 9449, RFC 8705)."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from scopeward_guard._base.errors import BadTokenError
from scopeward_guard._challenges.request import PresentedRequest, token_and_scheme
from scopeward_guard._tokens.principal import Principal
from scopeward_guard._tokens.proof import PossessionProof, ProvenRequest, read_proof

MOST_REMEMBERED = 200_000
"""Proofs of a minute; who sends more of them waits until some are too old."""

FirstUse = Callable[[str, float], bool]
"""Takes what names a proof, and until when it is remembered (seconds since 1970); says whether it
is used for the first time. Of any number at once one has to be told so."""


class SenderConstraint(Protocol):
    """Checks that whoever sends a token is whom it was issued to."""

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Raise `BadTokenError` unless the request proves it."""


class BearerOnly:
    """No proof is understood, so a token that demands one is refused, not used as a bearer's."""

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Refuse tokens bound to a key (RFC 7800 §3.1, RFC 9449 §7.2)."""
        if principal.confirmation or token_and_scheme(request)[1] != "bearer":
            raise BadTokenError("bound to a key that nobody proved to have")


class ProofOfPossession:
    """A token that is bound to a key needs a DPoP proof of it, for this very request (RFC 9449).

    `public_url` is where callers find this server, as they write it into their proofs. A proof is
    used once in each process; `first_use` is for those of several, such as a key in Redis that is
    set if it is not there.
    """

    def __init__(
        self,
        public_url: str,
        *,
        first_use: FirstUse | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._public_url, self._clock = public_url.rstrip("/"), clock
        self._first_use = first_use or RememberedProofs(clock).first_use

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Raise `BadTokenError` unless a token is used as it was issued (§7.1, §7.2)."""
        token, scheme = token_and_scheme(request)
        bound_to = principal.confirmation
        if not bound_to and scheme == "bearer":
            return
        if not bound_to:
            raise BadTokenError("not bound to a key, and sent as if it were", wants_proof=True)
        if scheme != "dpop" or set(bound_to) != {"jkt"}:
            raise BadTokenError("bound to a key that nobody proved to have", wants_proof=True)
        proof = self._proof(request, token)
        if proof.thumbprint != bound_to["jkt"]:
            raise BadTokenError("bound to another key than the proof's", wants_proof=True)
        if not self._first_use(f"{proof.thumbprint} {proof.jti}", proof.expires_at):
            raise BadTokenError("with a proof that was used before", wants_proof=True)

    def _proof(self, request: PresentedRequest, token: str) -> PossessionProof:
        sent = request.header("dpop")
        if len(sent) != 1:
            raise BadTokenError("bound to a key, without one proof", wants_proof=True)
        about = ProvenRequest(request.method, self._public_url + request.path, token)
        try:
            return read_proof(sent[0], about, now=self._clock())
        except BadTokenError as error:
            raise BadTokenError(str(error), wants_proof=True) from error


class RememberedProofs:
    """The proofs that this process has seen, for as long as they would be taken again."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._until: dict[str, float] = {}

    def first_use(self, name: str, until: float) -> bool:
        """Remember a proof; False when it is remembered already, or too many are."""
        with self._lock:
            if name in self._until or not self._has_room():
                return False
            self._until[name] = until
            return True

    def _has_room(self) -> bool:
        if len(self._until) < MOST_REMEMBERED:
            return True
        now = self._clock()
        self._until = {name: until for name, until in self._until.items() if until > now}
        return len(self._until) < MOST_REMEMBERED
