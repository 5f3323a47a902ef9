"""Access tokens of either kind, and all that has to be known of the provider to read them."""

from collections.abc import Callable
from typing import Any, TypeVar

from scopeward_guard._base.errors import BadTokenError, UnavailableError
from scopeward_guard._provider.jwks import RemoteKeys, loading
from scopeward_guard._provider.metadata import discovering
from scopeward_guard._provider.refreshed import Refreshed
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.steps import Steps
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.introspection import Introspector
from scopeward_guard._tokens.principal import Expectation, Principal
from scopeward_guard._tokens.token import JwtVerifier

T = TypeVar("T")


class Tokens:
    """Reads the access tokens of one provider for one resource server.

    `keys` are the provider's, `expected` is what everything says that it signs for us.
    """

    def __init__(
        self, settings: GuardSettings, provider: Provider, clock: Callable[[], float]
    ) -> None:
        self._settings, self._provider = settings, provider
        self._metadata = self._kept(discovering(provider))
        self.expected = Expectation(
            issuer=settings.issuer, audience=settings.resource, leeway=settings.leeway
        )
        load_keys = loading(self._fetch_jwks, allowed=frozenset(settings.algorithms))
        self.keys = RemoteKeys(self._kept(load_keys))
        self._jwt = JwtVerifier(self.keys, self.expected, clock=clock)
        self._introspector = Introspector(
            self._introspection_endpoint,
            self.expected,
            clock=clock,
            keep_for=settings.introspection_kept_for,
        )

    def principal(self, token: str) -> Steps[Principal]:
        """Return who presents the token; raises `BadTokenError` or `UnavailableError`."""
        # Only the shape decides: a JWT that fails is not given a second chance elsewhere.
        if token.count(".") == 2:
            return self._jwt.verify(token)
        if not self._settings.client_id:
            raise BadTokenError("opaque, and there are no credentials to ask about it")
        return self._introspector.introspect(token)

    def _kept(self, load: Callable[[], T]) -> Refreshed[T]:
        kept = self._settings
        return Refreshed(
            load,
            fresh_for=kept.keys_fresh_for,
            stale_for=kept.keys_stale_for,
            pause=kept.keys_pause,
        )

    def _fetch_jwks(self) -> dict[str, Any]:
        return self._provider.get_document(self._metadata.current().jwks_uri)

    def _introspection_endpoint(self) -> Steps[str]:
        endpoint = (yield from self._metadata.steps()).introspection_endpoint
        if not endpoint:
            raise UnavailableError("the provider does not introspect")
        return endpoint
