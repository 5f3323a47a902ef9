"""Who asks passkeys: this issuer, by its host, from its own origin and no other."""

from functools import lru_cache
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity

from foundation.base import conf
from foundation.base.house.in_use import house


def server() -> Fido2Server:
    """Return the relying party (WebAuthn §5.4.2) of the issuer."""
    return _server(conf.current().issuer, house().name)


@lru_cache(maxsize=4)
def _server(issuer: str, name: str) -> Fido2Server:
    address = urlsplit(issuer)
    origin = f"{address.scheme}://{address.netloc}"
    entity = PublicKeyCredentialRpEntity(name=name, id=address.hostname or "")
    # WebAuthn §13.4.9: a page of another name, or another port of this one, is somebody else.
    return Fido2Server(entity, verify_origin=lambda given: given == origin)
