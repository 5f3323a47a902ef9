"""What may be wrong with an authentication request (CIBA Core §7.1, §7.2), in order."""

import re
from collections.abc import Callable

from foundation.base import conf
from foundation.directory.models import Client
from foundation.directory.models.client_choices import DeliveryMode, GrantType
from idp.authorize.checks.authorization_details import (
    check_authorization_details,
    requested_details,
)
from idp.authorize.checks.characters import CONTROL, LONGEST, check_characters
from idp.authorize.checks.openid.request_object import check_request_object
from idp.authorize.checks.resource import check_resource
from idp.authorize.checks.scope import check_scope
from idp.backchannel.binding_message import check_binding_message
from idp.backchannel.request import BackchannelParameters
from idp.errors import InvalidRequestError, InvalidScopeError, UnauthorizedClientError

NOTIFICATION_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{22,1024}=*")
"""CIBA Core §7.1: a bearer token (RFC 6750 §2.1) of at least 128 bits and 1024 characters."""
SHORTEST = 60
"""Seconds that a request waits at least: nobody answers faster."""
DIGITS = re.compile(r"[1-9][0-9]{0,8}")

Check = Callable[[BackchannelParameters, Client], None]


def check(parameters: BackchannelParameters, client: Client) -> None:
    """Apply every rule; raises `OAuthError`."""
    for rule in RULES:
        rule(parameters, client)


def is_for_itself(parameters: BackchannelParameters, client: Client) -> bool:
    """Whether the client asks for itself: it may, and names nobody (our extension)."""
    return client.may_ask_for_itself and not parameters.hints


def lifetime(parameters: BackchannelParameters) -> int:
    """Return for how many seconds the request waits: as asked for, within our limits (§7.1).

    What ends in an instant is a way to ask again and again.
    """
    settings = conf.current()
    asked = int(parameters.requested_expiry or settings.backchannel_request_lifetime)
    return max(SHORTEST, min(asked, settings.backchannel_request_longest))


def _client(_parameters: BackchannelParameters, client: Client) -> None:
    """CIBA Core §13 `unauthorized_client`."""
    if client.is_public or not client.allows_grant_type(GrantType.CIBA):
        raise UnauthorizedClientError("The client is not registered for this grant type.")


def _characters(parameters: BackchannelParameters, client: Client) -> None:
    """RFC 6749 appendix A; `binding_message` has an error of its own."""
    check_characters(parameters.request, client)
    for value in (parameters.requested_expiry, parameters.client_notification_token):
        if len(value) > LONGEST or CONTROL.search(value):
            raise InvalidRequestError("A parameter is too long or has control characters.")


def _request_object(parameters: BackchannelParameters, client: Client) -> None:
    """CIBA Core §7.1.1: signed requests are not supported, and metadata says so."""
    check_request_object(parameters.request, client)


def _hints(parameters: BackchannelParameters, client: Client) -> None:
    """CIBA Core §7.1: exactly one hint."""
    if "login_hint_token" in parameters.hints:
        raise InvalidRequestError("login_hint_token is not supported; use login_hint.")
    if len(parameters.hints) > 1:
        raise InvalidRequestError("Send one hint, not several.")
    if not parameters.hints and not client.may_ask_for_itself:
        raise InvalidRequestError("One of login_hint and id_token_hint is missing.")


def _scope(parameters: BackchannelParameters, client: Client) -> None:
    """CIBA Core §7.1: `openid` is among the scopes; a client of itself has none of people's."""
    if is_for_itself(parameters, client):
        if parameters.request.scope:
            raise InvalidScopeError("Without a person there is nothing but authorization_details.")
        return
    if not parameters.request.is_openid:
        raise InvalidScopeError("The scope openid is missing.")
    check_scope(parameters.request, client)


def _resource(parameters: BackchannelParameters, client: Client) -> None:
    """RFC 8707 §2."""
    check_resource(parameters.request, client)


def _details(parameters: BackchannelParameters, client: Client) -> None:
    """RFC 9396 §5; they are all that a client may ask for itself."""
    check_authorization_details(parameters.request, client)
    if is_for_itself(parameters, client) and not requested_details(parameters.request, client):
        raise InvalidRequestError("A client that asks for itself sends authorization_details.")


def _binding_message(parameters: BackchannelParameters, client: Client) -> None:
    """CIBA Core §7.1."""
    free_text = client.may_write_freely
    check_binding_message(parameters.binding_message, free_text=free_text)


def _requested_expiry(parameters: BackchannelParameters, _client: Client) -> None:
    """CIBA Core §7.1: a positive integer."""
    if parameters.requested_expiry and not DIGITS.fullmatch(parameters.requested_expiry):
        raise InvalidRequestError("requested_expiry is a positive number of seconds.")


def _notification_token(parameters: BackchannelParameters, client: Client) -> None:
    """CIBA Core §7.1: required in the mode ping, and of no use in any other."""
    if client.backchannel_token_delivery_mode != DeliveryMode.PING:
        return
    if not NOTIFICATION_TOKEN.fullmatch(parameters.client_notification_token):
        raise InvalidRequestError(
            "client_notification_token is missing, or is no bearer token of 22 to 1024 characters."
        )


RULES: tuple[Check, ...] = (
    _client,
    _characters,
    _request_object,
    _hints,
    _scope,
    _resource,
    _details,
    _binding_message,
    _requested_expiry,
    _notification_token,
)
