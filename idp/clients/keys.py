"""Which public keys may be registered for a client (RFC 7591 §2: `jwks`, `jwks_uri`)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from foundation.base.signatures.key_sets import parse_key_set
from foundation.directory.models.client_choices import AuthMethod
from idp.clients.metadata import ClientMetadata
from scopeward_guard.vocabulary import MalformedError

PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of private and symmetric keys (RFC 7518 §6)."""


def problems_of_keys(metadata: ClientMetadata) -> Iterator[str]:
    """Yield what is wrong: by value or by reference, never both; a private key is nobody else's."""
    if metadata.jwks is not None:
        if metadata.jwks_uri:
            yield _("Either the keys or their address (RFC 7591 §2).")
        yield from _not_a_key_set(metadata.jwks)
    needs_keys = metadata.token_endpoint_auth_method == AuthMethod.PRIVATE_KEY_JWT
    if needs_keys and metadata.jwks is None and not metadata.jwks_uri:
        yield _("private_key_jwt needs the public keys of the application, or their address.")


def _not_a_key_set(jwks: Any) -> Iterator[str]:
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    entries = listed if isinstance(listed, list) else []
    if any(isinstance(each, dict) and PRIVATE & each.keys() for each in entries):
        yield _("There is a private key in it: only the public ones belong here.")
        return
    try:
        parse_key_set({"keys": listed})
    except MalformedError as error:
        yield _("Not a JWK set that can be used: %s.") % error
