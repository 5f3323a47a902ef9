"""Talking to the OpenID Provider: Authlib, and what the provider's metadata says."""

from collections.abc import Mapping
from typing import Any, cast

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, session
from werkzeug.wrappers import Response

from query_desk.answers import (
    Arrival,
    NotGrantedError,
    ProviderUnavailableError,
    SomebodyElseError,
    UnexpectedAnswerError,
    UsedAnswerError,
)
from query_desk.config import Config
from query_desk.queries import Query
from query_desk.remote import refusals
from query_desk.remote.calls import TIMEOUT, ask
from query_desk.remote.pushing import parameters_of, push
from query_desk.remote.refusals import Refusal
from query_desk.sessions import LIFETIME
from query_desk.sign_in import WAREHOUSE_SCOPES, AccessToken, SignIn

DECIDED_BY = {"openid", "roles", "department", "projects", "clearance", *WAREHOUSE_SCOPES}


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
        # Authlib forgets after an hour what it asked; whoever has to approve may take longer.
        self._client.framework.expires_in = LIFETIME

    def begin(
        self, *, prompt: str = "", resource: str = "", query: Query | None = None
    ) -> Response:
        """Return the redirect to the provider; state, nonce and code verifier stay here.

        With a `resource` the access token will be for it (RFC 8707 §2), else for the provider.
        A `query` is run after the way back.
        """
        self._metadata()
        wishes = {"prompt": prompt, "resource": resource}
        request = self._client.create_authorization_url(
            self._config.redirect_uri, **{name: wish for name, wish in wishes.items() if wish}
        )
        self._client.save_authorize_data(
            redirect_uri=self._config.redirect_uri, resource=resource, query=query, **request
        )
        return redirect(request["url"])

    def follow(self, refusal: Refusal, query: Query, signed_in: SignIn) -> Response:
        """Return the redirect that asks for what a refusal of the resource server wants.

        Everything is pushed (RFC 9126); the query stays here, and is run after the way back.
        """
        # What the Warehouse decides by, and no more; what was withheld is not asked for again.
        scope = " ".join(name for name in signed_in.granted if name in DECIDED_BY)
        prompt = {"prompt": "consent"} if refusal.scopes else {}
        url_and_state = self._client.create_authorization_url(
            self._config.redirect_uri, scope=scope, **prompt
        )
        base = parameters_of(url_and_state["url"])
        wanted = ask(refusals.wanted, refusal, base, resource=self._config.resource)
        url = ask(push, self._config, self._metadata(), wanted)
        self._client.save_authorize_data(
            redirect_uri=self._config.redirect_uri,
            resource=self._config.resource,
            query=query,
            is_for_query_alone=bool(refusal.authorization_details),
            **url_and_state,
        )
        return redirect(url)

    def finish(self, answer: Mapping[str, str], signed_in: SignIn | None) -> Arrival:
        """Turn the parameters of an authorization response into a sign-in.

        Whoever is `signed_in` and asked for a resource gets the token added to what they have.
        Raises `UnexpectedAnswerError` when the answer is not to be trusted, `OAuthError` when it
        is and says no, `NotGrantedError` when that was about a query.
        """
        asked = self._check_sender(answer)
        resource, query = asked["resource"], asked.get("query")
        if "error" in answer:
            self._client.framework.clear_state_data(session, answer["state"])
            description = answer.get("error_description")
            raise (
                NotGrantedError(query, answer["error"], description or "")
                if query
                else OAuthError(error=answer["error"], description=description)
            )
        token = ask(self._client.authorize_access_token, **_target(resource))
        if "userinfo" not in token:
            raise UnexpectedAnswerError("There is no ID token in it.")
        if query and not signed_in:
            raise UnexpectedAnswerError("Whoever asked is not signed in any more.")
        if signed_in and (query or resource):
            self._check_subject(token["userinfo"], signed_in)
        if resource and signed_in:
            if asked.get("is_for_query_alone"):
                return Arrival(signed_in, query, _access_token(token))
        else:
            signed_in = SignIn(
                id_token=token["id_token"],
                claims_of_id_token=dict(token["userinfo"]),
                asked=self._config.scopes,
                granted_at={},
                refresh_token=token.get("refresh_token", ""),
            )
        self._keep(token, signed_in, resource)
        return Arrival(signed_in, query, None)

    def call_userinfo(self, signed_in: SignIn) -> None:
        """Fetch the claims anew (OIDC Core §5.3)."""
        token = {"access_token": signed_in.access_tokens[self._config.issuer].value}
        userinfo = dict(ask(self._client.userinfo, token=token | {"token_type": "Bearer"}))
        self._check_subject(userinfo, signed_in)
        signed_in.userinfo = userinfo

    def refresh(self, signed_in: SignIn, *, resource: str = "") -> None:
        """Exchange the refresh token (RFC 6749 §6); what comes back may carry fewer scopes.

        Raises `OAuthError`; `invalid_grant` says that it is over, and it is not tried again.
        """
        try:
            token = ask(
                self._client.fetch_access_token,
                grant_type="refresh_token",
                refresh_token=signed_in.refresh_token,
                # Left alone, Authlib asks for all scopes of the sign-in again, withheld ones too.
                scope="",
                **_target(resource),
            )
        except OAuthError as error:
            if error.error == "invalid_grant":
                signed_in.refresh_token = ""
            raise
        signed_in.refresh_token = token.get("refresh_token", signed_in.refresh_token)
        self._keep(token, signed_in, resource)
        if "id_token" in token:
            claims = dict(ask(self._client.parse_id_token, token, nonce=None))
            self._check_subject(claims, signed_in)
            signed_in.id_token, signed_in.claims_of_id_token = token["id_token"], claims

    def sign_out(self, signed_in: SignIn) -> Response:
        """Return the redirect that ends the session at the provider (RP-Initiated Logout §2)."""
        self._metadata()
        response: Response = self._client.logout_redirect(
            post_logout_redirect_uri=self._config.post_logout_redirect_uri,
            id_token_hint=signed_in.id_token,
        )
        return response

    def check_signed_out(self) -> None:
        """Raise `UnexpectedAnswerError` unless this browser had asked to be signed out."""
        try:
            self._client.validate_logout_response()
        except OAuthError as error:
            raise UnexpectedAnswerError(error.description) from error

    def _metadata(self) -> Mapping[str, Any]:
        """OIDC Discovery §4.3: the issuer found has to be the issuer that was looked for."""
        metadata: dict[str, Any] = ask(self._client.load_server_metadata)
        if metadata.get("issuer") != self._config.issuer:
            issuer = metadata.get("issuer")
            metadata.clear()
            raise ProviderUnavailableError(f"The provider calls itself {issuer!r}.")
        return metadata

    def _keep(self, token: Mapping[str, Any], signed_in: SignIn, resource: str) -> None:
        audience = resource or self._config.issuer
        before = signed_in.granted_at.get(audience, signed_in.asked)
        signed_in.granted_at[audience] = _granted(token, before)
        signed_in.access_tokens[audience] = _access_token(token)

    def _check_sender(self, answer: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask for a state of ours (RFC 6749 §10.12) and for our issuer's name (RFC 9207 §2.4)."""
        asked = self._client.framework.get_state_data(session, answer.get("state", ""))
        if not asked:
            raise UsedAnswerError("This browser did not ask for it, or it was used before.")
        names_itself = self._metadata().get("authorization_response_iss_parameter_supported")
        issuer = answer.get("iss")
        if issuer != self._config.issuer and (names_itself or issuer is not None):
            raise UnexpectedAnswerError("It comes from another provider.")
        return cast("Mapping[str, Any]", asked)

    @staticmethod
    def _check_subject(claims: Mapping[str, Any], signed_in: SignIn) -> None:
        """OIDC Core §5.3.2, §12.2: all that follows is about the person who signed in."""
        if claims.get("sub") != signed_in.subject:
            raise SomebodyElseError("It is about somebody else.")


def _access_token(token: Mapping[str, Any]) -> AccessToken:
    details = tuple(token.get("authorization_details", ()))
    return AccessToken(token["access_token"], token["expires_at"], details)


def _target(resource: str) -> dict[str, str]:
    return {"resource": resource} if resource else {}


def _granted(token: Mapping[str, Any], asked: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 6749 §5.1: an answer without `scope` grants everything that was asked."""
    return tuple(token["scope"].split()) if "scope" in token else asked
