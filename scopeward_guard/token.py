"""JWT access tokens (RFC 9068, RFC 8725): from text to a principal, or refused."""

from collections.abc import Callable

from scopeward_guard.errors import BadTokenError, MalformedError
from scopeward_guard.jws import JwsReader, KeySource
from scopeward_guard.principal import Expectation, Principal, principal_from

MAX_TOKEN_CHARACTERS = 16_384

TYPES = frozenset({"at+jwt", "application/at+jwt"})
"""RFC 9068 §4. An ID token, a logout token or a DPoP proof is none of them."""


class JwtVerifier:
    """Verifies JWT access tokens of one issuer for one resource server."""

    def __init__(
        self, keys: KeySource, expectation: Expectation, *, clock: Callable[[], float]
    ) -> None:
        self._reader = JwsReader(keys, TYPES, max_characters=MAX_TOKEN_CHARACTERS)
        self._expectation, self._clock = expectation, clock

    def verify(self, token: str) -> Principal:
        """Return who presents the token; raises `BadTokenError` or `UnavailableError`."""
        try:
            claims = self._reader.read(token)
        except MalformedError as error:
            raise BadTokenError(f"not a JWT: {error}") from error
        return principal_from(claims, self._expectation, now=self._clock())
