"""How access tokens are made for a resource server: algorithm, `typ`, standard claims."""

from typing import NamedTuple

from foundation.base import conf
from foundation.directory.models.client_choices import AccessTokenTyp, IdTokenAlg
from foundation.directory.registry import resource_server_of


class AccessTokenForm(NamedTuple):
    """What the header of an access token says."""

    algorithm: str
    typ: str


OURS = AccessTokenForm(IdTokenAlg.ES256.value, AccessTokenTyp.AT_JWT.value)
"""RFC 9068 §2.1; what we are sent ourselves is never anything else."""


def standard_claims_for(audience: str) -> tuple[str, ...]:
    """Return the standard claims that tokens for an audience have, of those that are released."""
    server = resource_server_of(audience)
    if server is None or audience == conf.current().issuer:
        return ()
    return tuple(server.access_token_claims.split())


def form_for(audience: str) -> AccessTokenForm:
    """Return how tokens for an audience are made: as its resource server can read them."""
    server = resource_server_of(audience)
    if server is None or audience == conf.current().issuer:
        return OURS
    return AccessTokenForm(server.access_token_signed_response_alg, server.access_token_typ)
