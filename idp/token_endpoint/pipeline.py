"""The token endpoint in its order. Adding a check or a grant type is one file and one line.

    TokenRequest -> known grant type -> client -> CHECKS -> its grant: Issue -> answer

Everything here raises `OAuthError`. The client's own rules come before the grant, so that nothing
is looked up, and nothing used, for who may not ask.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from idp.client_authentication.authenticate import authenticate_client
from idp.errors import InvalidDpopProofError, InvalidRequestError, UnsupportedGrantTypeError
from idp.grants.authorization_code import issue_for_code
from idp.grants.ciba import issue_for_auth_req_id
from idp.grants.client_credentials import issue_for_client
from idp.grants.device_code import issue_for_device_code
from idp.grants.refresh_token import issue_for_refresh_token
from idp.grants.token_exchange import issue_for_exchange
from idp.possession.dpop import UnprovenError, proven_key
from idp.protocol.paths import TOKEN
from idp.token_endpoint.checks.grant_type import check_grant_type
from idp.token_endpoint.checks.possession import check_possession
from idp.token_requests.request import TokenRequest
from idp.tokens.issue import Issue
from idp.tokens.issuing import exchange_response, token_response


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a grant type does with a request of a client, and how it is answered."""

    issue: Callable[[TokenRequest, Client], Issue]
    answer: Callable[[Issue], dict[str, Any]] = token_response


CHECKS: tuple[Callable[[TokenRequest, Client], None], ...] = (
    check_grant_type,                                                             # RFC 6749 §5.2
    check_possession,                                                             # RFC 9449 §5
)  # fmt: skip

GRANT_TYPES: dict[str, TokenGrant] = {
    GrantType.AUTHORIZATION_CODE: TokenGrant(issue_for_code),                     # RFC 6749 §4.1.3
    GrantType.REFRESH_TOKEN: TokenGrant(issue_for_refresh_token),                 # RFC 6749 §6
    GrantType.CLIENT_CREDENTIALS: TokenGrant(issue_for_client),                   # RFC 6749 §4.4
    GrantType.CIBA: TokenGrant(issue_for_auth_req_id),                            # CIBA Core §10.1
    GrantType.DEVICE_CODE: TokenGrant(issue_for_device_code),                     # RFC 8628 §3.4
    GrantType.TOKEN_EXCHANGE: TokenGrant(issue_for_exchange, exchange_response),  # RFC 8693 §2
}  # fmt: skip


def respond(request: TokenRequest) -> dict[str, Any]:
    """Return the members of the answer (RFC 6749 §5.1)."""
    grant = grant_of(request)
    client = authenticate_client(request.form, request.authorization)  # RFC 6749 §3.2.1
    if request.dpop:
        request = replace(request, thumbprint=_proven_key(request))
    for check in CHECKS:
        check(request, client)
    return grant.answer(grant.issue(request, client))


def _proven_key(request: TokenRequest) -> str:
    """RFC 9449 §5: whoever has this key will have the tokens."""
    try:
        return proven_key(request.dpop, method="POST", path=TOKEN, now=request.arrived_at)
    except UnprovenError as error:
        raise InvalidDpopProofError(str(error)) from error


def grant_of(request: TokenRequest) -> TokenGrant:
    """Return the grant that a request names (RFC 6749 §5.2)."""
    if not request.grant_type:
        raise InvalidRequestError("grant_type is missing.")
    grant = GRANT_TYPES.get(request.grant_type)
    if grant is None:
        raise UnsupportedGrantTypeError
    return grant
