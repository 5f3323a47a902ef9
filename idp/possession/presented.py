"""Access tokens that come to us, and whether who sends them has their key (RFC 9449 §7)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from idp.errors import InvalidTokenError
from idp.possession.dpop import UnprovenError, proven_key
from idp.web.parameters import TokenText, proof_of


def check_possession(
    request: HttpRequest, token: TokenText, payload: Mapping[str, Any], *, path: str
) -> None:
    """Raise `InvalidTokenError` unless a token is used as it was issued.

    One that is bound needs the scheme DPoP and a proof for this very request and token (§7.1); one
    that is not bound is no better for a proof that anybody could add (§7.2). One statement for a
    bound one.
    """
    bound_to = payload.get("cnf") or {}
    if not bound_to and not token.is_dpop:
        return
    if not bound_to:
        raise _wanting("The access token is not bound to a key: send it as a Bearer.")
    if not token.is_dpop or set(bound_to) != {"jkt"}:
        raise _wanting("The access token is bound to a key: send a DPoP proof for this request.")
    try:
        key = proven_key(
            proof_of(request),
            method=str(request.method),
            path=path,
            now=timezone.now(),
            access_token=token.text,
        )
    except UnprovenError as error:
        raise _wanting(str(error)) from error
    if key != bound_to["jkt"]:
        raise _wanting("The DPoP proof is of another key than the access token's.")


def _wanting(description: str) -> InvalidTokenError:
    return InvalidTokenError(description, wants_proof=True)
