"""The guard of one resource server: who calls, and do they have what this operation demands."""

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import httpx

from scopeward_guard.challenge import (
    Answer,
    Challenge,
    Form,
    answer,
    token_invalid,
    unavailable,
)
from scopeward_guard.details import is_query_detail
from scopeward_guard.errors import BadTokenError, RefusedError, UnavailableError
from scopeward_guard.introspection import Introspector
from scopeward_guard.jwks import RemoteKeys, loading
from scopeward_guard.metadata import discovering, resource_metadata_url
from scopeward_guard.principal import Expectation, Principal
from scopeward_guard.refreshed import Refreshed
from scopeward_guard.request import PresentedRequest, bearer_token
from scopeward_guard.requirement import Requirement
from scopeward_guard.revocations import Revocations, fetching
from scopeward_guard.settings import GuardSettings
from scopeward_guard.token import JwtVerifier
from scopeward_guard.transport import Provider

T = TypeVar("T")

logger = logging.getLogger("scopeward_guard")


class SenderConstraint(Protocol):
    """Checks that whoever sends a token is whom it was issued to (RFC 9449, RFC 8705)."""

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Raise `BadTokenError` unless the request proves it."""


class BearerOnly:
    """No proof is understood, so a token that demands one is refused, not used as a bearer's."""

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        """Refuse tokens bound to a key (RFC 7800 §3.1, RFC 9449 §7.2)."""
        if principal.confirmation:
            raise BadTokenError("bound to a key that nobody proved to have")


class Guard:
    """Everything a resource server keeps between requests; make one per process and share it.

    Warm, `authenticate` makes no call. Every failure is a `RefusedError` with what to answer.
    """

    def __init__(
        self,
        settings: GuardSettings,
        *,
        http: httpx.Client | None = None,
        sender_constraint: SenderConstraint | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.provider = Provider(settings, http)
        self.clock = clock
        self._sender_constraint = sender_constraint or BearerOnly()
        self._metadata = self._kept(discovering(self.provider))
        expectation = Expectation(
            issuer=settings.issuer, audience=settings.resource, leeway=settings.leeway
        )
        load_keys = loading(self._fetch_jwks, allowed=frozenset(settings.algorithms))
        self._jwt = JwtVerifier(RemoteKeys(self._kept(load_keys)), expectation, clock=clock)
        self._introspector = Introspector(
            self.provider,
            self._introspection_endpoint,
            expectation,
            clock=clock,
            keep_for=settings.introspection_kept_for,
        )
        self.revocations = self._revocations() if settings.revocations else None
        self._form = Form(
            resource_metadata=resource_metadata_url(settings.resource),
            remediation=settings.remediation,
        )

    def authenticate(self, request: PresentedRequest) -> Principal:
        """Return who calls: the token, then the sender constraint, then revocations."""
        token = bearer_token(request)
        try:
            principal = self._principal(token)
            self._sender_constraint.check(principal, request)
            if self.revocations:
                self.revocations.check(principal)
        except BadTokenError as error:
            logger.info("token refused: %s", error)
            raise RefusedError(_told(error)) from error
        except UnavailableError as error:
            logger.warning("nothing can be decided: %s", error)
            raise RefusedError(unavailable()) from error
        return principal

    def protect(self, request: PresentedRequest, demanded: Requirement) -> Principal:
        """Return who calls, if they may; for every operation that is not an approved query.

        A token for one query is for that query: here it would be used without being used up.
        """
        principal = self.authenticate(request)
        if any(map(is_query_detail, principal.authorization_details)):
            raise RefusedError(token_invalid("This access token is for one query only."))
        unmet = demanded.unmet(principal, now=self.clock())
        if unmet:
            raise RefusedError(unmet)
        return principal

    def answer(self, challenge: Challenge) -> Answer:
        """Return the response for a refusal."""
        return answer(challenge, self._form)

    def close(self) -> None:
        """Stop asking for revocations."""
        if self.revocations:
            self.revocations.stop()

    def _principal(self, token: str) -> Principal:
        # Only the shape decides: a JWT that fails is not given a second chance elsewhere.
        if token.count(".") == 2:
            return self._jwt.verify(token)
        if not self.settings.client_id:
            raise BadTokenError("opaque, and there are no credentials to ask about it")
        return self._introspector.introspect(token)

    def _kept(self, load: Callable[[], T]) -> Refreshed[T]:
        kept = self.settings
        return Refreshed(
            load,
            fresh_for=kept.keys_fresh_for,
            stale_for=kept.keys_stale_for,
            pause=kept.keys_pause,
        )

    def _revocations(self) -> Revocations:
        return Revocations(
            fetching(self.provider),
            interval=self.settings.revocations_interval,
            when_stale=self.settings.when_stale,
            fresh_scopes=self.settings.fresh_scopes,
        )

    def _fetch_jwks(self) -> dict[str, Any]:
        return self.provider.get_document(self._metadata.current().jwks_uri)

    def _introspection_endpoint(self) -> str:
        endpoint = self._metadata.current().introspection_endpoint
        if not endpoint:
            raise UnavailableError("the provider does not introspect")
        return endpoint


def _told(error: BadTokenError) -> Challenge:
    return token_invalid("The access token expired.") if error.expired else token_invalid()
