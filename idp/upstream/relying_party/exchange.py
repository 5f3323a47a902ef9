"""The code for tokens, and what they say of the person (OIDC Core §3.1.3, §5.3)."""

import base64
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from foundation.directory.upstream.models import UpstreamProvider
from idp.upstream.relying_party import fetching, id_token
from idp.upstream.relying_party.errors import UpstreamError, UpstreamRefusedError
from idp.upstream.relying_party.keys import key_for


class Redeemed(NamedTuple):
    """What a code is redeemed with."""

    code: str
    verifier: str
    nonce: str
    redirect_uri: str


class SaidUpstream(NamedTuple):
    """What a provider says of somebody, verified."""

    claims: dict[str, Any]
    is_whole: bool = True
    """False: userinfo did not answer, so what is missing may be there all the same."""


PROTOCOL = frozenset({"acr", "amr", "auth_time", "azp", "nonce", "sid"})
"""What only an ID token says (OIDC Core §2)."""


def redeem(
    provider: UpstreamProvider, given: Redeemed, now: datetime, wanted: Collection[str]
) -> SaidUpstream:
    """Return what the provider says of the person; raises `UpstreamError`.

    `wanted` are claims that userinfo is asked for where the ID token has not got them.
    """
    metadata = provider.metadata
    answer = _tokens(provider, given)
    token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(token, str) or not isinstance(access_token, str):
        raise UpstreamRefusedError("no ID token, or no access token")
    expected = id_token.Expected(
        provider.issuer, provider.client_id, given.nonce, access_token, now
    )
    claims: dict[str, Any] = id_token.verified(
        token, expected, partial(key_for, metadata["jwks_uri"])
    )
    if "userinfo_endpoint" not in metadata or set(wanted) <= set(claims):
        return SaidUpstream(claims)
    # §5.4: with a code, claims of scopes are said there.
    more = _userinfo(metadata["userinfo_endpoint"], access_token, claims)
    rest = {name: value for name, value in (more or {}).items() if name not in PROTOCOL}
    return SaidUpstream({**rest, **claims}, is_whole=more is not None)


def _tokens(provider: UpstreamProvider, given: Redeemed) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": given.code,
        "redirect_uri": given.redirect_uri,
        "code_verifier": given.verifier,
    }
    authorization, secret = "", provider.secret
    # RFC 8414 §2: client_secret_basic where nothing is said.
    methods = provider.metadata.get("token_endpoint_auth_methods_supported")
    if secret and (methods is None or "client_secret_basic" in methods):
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"  # RFC 6749 §2.3.1
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = provider.client_id
        if secret:
            form["client_secret"] = secret
    answer = fetching.post(provider.metadata["token_endpoint"], form, authorization=authorization)
    if str(answer.get("token_type", "")).lower() != "bearer":
        raise UpstreamRefusedError("not a bearer token")
    return answer


def _userinfo(endpoint: str, access_token: str, claims: dict[str, Any]) -> dict[str, Any] | None:
    try:
        said = fetching.fetch(endpoint, authorization=f"Bearer {access_token}")
    except UpstreamError:
        # Who it is has been proved; what it would have added is not needed for that.
        return None
    if said.get("sub") != claims["sub"]:
        raise UpstreamRefusedError("userinfo of somebody else (§5.3.2)")
    return said
