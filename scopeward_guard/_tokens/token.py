"""JWT access tokens (RFC 9068, RFC 8725): from text to a principal, or refused."""

from collections.abc import Callable
from functools import partial

from scopeward_guard._base.errors import BadTokenError, MalformedError
from scopeward_guard._provider.jws import JwsReader, KeySource
from scopeward_guard._provider.steps import Steps, Wait
from scopeward_guard._tokens.principal import Expectation, Principal, principal_from

MAX_TOKEN_CHARACTERS = 16_384

TYPES = frozenset({"at+jwt", "application/at+jwt"})
"""RFC 9068 §4. An ID token, a logout token or a DPoP proof is none of them."""


class JwtVerifier:
    """Verifies JWT access tokens of one issuer for one resource server."""

    def __init__(
        self, keys: KeySource, expectation: Expectation, *, clock: Callable[[], float]
    ) -> None:
        self._reader = JwsReader(TYPES, max_characters=MAX_TOKEN_CHARACTERS)
        self._keys, self._expectation, self._clock = keys, expectation, clock

    def verify(self, token: str) -> Steps[Principal]:
        """Return who presents the token; raises `BadTokenError` or `UnavailableError`."""
        try:
            signed = self._reader.parse(token)
            key = self._keys.held(signed.kid) or (yield Wait(partial(self._keys.key, signed.kid)))
            claims = signed.checked(key)
        except MalformedError as error:
            raise BadTokenError(f"not a JWT: {error}") from error
        return principal_from(claims, self._expectation, now=self._clock())
