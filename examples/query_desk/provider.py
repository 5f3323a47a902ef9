"""Talking to the OpenID Provider: Authlib, and what the provider's metadata says."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, session
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from query_desk.config import Config
from query_desk.sign_in import SignIn

T = TypeVar("T")
TIMEOUT = 10
"""Seconds the provider may take to answer."""


class UnexpectedAnswerError(Exception):
    """An answer to nothing that this browser asked, or not from our provider."""


class ProviderUnavailableError(Exception):
    """The provider does not answer, or answers nonsense."""


class Provider:
    """One OpenID Provider, discovered from its issuer (OIDC Discovery §4)."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._config = config
        self._client = OAuth(app).register(
            "provider",
            client_id=config.client_id,
            client_secret=config.client_secret,
            server_metadata_url=f"{config.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(config.scopes),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic",
                "default_timeout": TIMEOUT,
            },
        )

    def begin(self, prompt: str = "") -> Response:
        """Return the redirect to the provider; state, nonce and code verifier stay here."""
        self._metadata()
        parameters = {"resource": self._config.resource} | ({"prompt": prompt} if prompt else {})
        redirect: Response = self._client.authorize_redirect(
            self._config.redirect_uri, **parameters
        )
        return redirect

    def finish(self, answer: Mapping[str, str]) -> SignIn:
        """Turn the parameters of an authorization response into a sign-in.

        Raises `UnexpectedAnswerError` when the answer is not to be trusted, `OAuthError` when it
        is and says no.
        """
        self._check_sender(answer)
        if "error" in answer:
            self._client.framework.clear_state_data(session, answer["state"])
            raise OAuthError(error=answer["error"], description=answer.get("error_description"))
        token = self._ask(self._client.authorize_access_token, resource=self._config.resource)
        claims = token.pop("userinfo", None)
        if claims is None:
            raise UnexpectedAnswerError("There is no ID token in the answer.")
        signed_in = SignIn(token=dict(token), id_token=dict(claims), asked=self._config.scopes)
        self.call_userinfo(signed_in)
        return signed_in

    def call_userinfo(self, signed_in: SignIn) -> None:
        """Fetch the claims anew (OIDC Core §5.3)."""
        # Without the refresh token at hand Authlib does not refresh on its own.
        token = {key: signed_in.token[key] for key in ("access_token", "token_type")}
        userinfo = dict(self._ask(self._client.userinfo, token=token))
        self._check_subject(userinfo, signed_in)
        signed_in.userinfo = userinfo

    def refresh(self, signed_in: SignIn) -> None:
        """Exchange the refresh token (RFC 6749 §6); what comes back may carry fewer scopes."""
        token = self._ask(
            self._client.fetch_access_token,
            grant_type="refresh_token",
            refresh_token=signed_in.token["refresh_token"],
            resource=self._config.resource,
        )
        signed_in.token |= token
        if "id_token" in token:
            claims = dict(self._ask(self._client.parse_id_token, token, nonce=None))
            self._check_subject(claims, signed_in)
            signed_in.id_token = claims

    def sign_out(self, signed_in: SignIn) -> Response:
        """Return the redirect that ends the session at the provider (RP-Initiated Logout §2)."""
        self._metadata()
        redirect: Response = self._client.logout_redirect(
            post_logout_redirect_uri=self._config.post_logout_redirect_uri,
            id_token_hint=signed_in.token["id_token"],
        )
        return redirect

    def check_signed_out(self) -> None:
        """Raise `UnexpectedAnswerError` unless this browser had asked to be signed out."""
        try:
            self._client.validate_logout_response()
        except OAuthError as error:
            raise UnexpectedAnswerError(error.description) from error

    def _metadata(self) -> Mapping[str, Any]:
        """OIDC Discovery §4.3: the issuer found has to be the issuer that was looked for."""
        metadata: dict[str, Any] = self._ask(self._client.load_server_metadata)
        if metadata.get("issuer") != self._config.issuer:
            issuer = metadata.get("issuer")
            metadata.clear()
            raise ProviderUnavailableError(f"The provider calls itself {issuer!r}.")
        return metadata

    def _check_sender(self, answer: Mapping[str, str]) -> None:
        """Ask for a state of ours (RFC 6749 §10.12) and for our issuer's name (RFC 9207 §2.4)."""
        if not self._client.framework.get_state_data(session, answer.get("state", "")):
            raise UnexpectedAnswerError("This browser did not ask for it, or it was used before.")
        names_itself = self._metadata().get("authorization_response_iss_parameter_supported")
        issuer = answer.get("iss")
        if issuer != self._config.issuer and (names_itself or issuer is not None):
            raise UnexpectedAnswerError("It comes from another provider.")

    @staticmethod
    def _check_subject(claims: Mapping[str, Any], signed_in: SignIn) -> None:
        """OIDC Core §5.3.2, §12.2: all that follows is about the person who signed in."""
        if claims.get("sub") != signed_in.id_token["sub"]:
            raise UnexpectedAnswerError("It is about somebody else.")

    def _ask(self, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call Authlib, and sort what can go wrong: `OAuthError` is an answer and passes."""
        try:
            return call(*args, **kwargs)
        except OAuthError:
            raise
        except (requests.RequestException, ValueError) as error:
            raise ProviderUnavailableError(str(error)) from error
        except (JoseError, AuthlibBaseError) as error:
            raise UnexpectedAnswerError(f"Its ID token is not valid: {error}") from error
