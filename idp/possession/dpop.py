"""DPoP proofs that reach us (RFC 9449 §4.3): right, for this request, and used once."""

from datetime import UTC, datetime

from foundation.base import conf
from foundation.base.used_once import use_once
from scopeward_guard.jose import BadTokenError, ProvenRequest, read_proof

PURPOSE = "dpop proof"


class UnprovenError(Exception):
    """The proof does not prove it; says why, for whoever sent it."""


def proven_key(proof: str, *, method: str, path: str, now: datetime, access_token: str = "") -> str:
    """Use a proof up and return the thumbprint of its key (RFC 7638). One statement.

    `path` is that of the endpoint, below the issuer. Raises `UnprovenError`.
    """
    about = ProvenRequest(method, conf.current().issuer + path, access_token)
    try:
        read = read_proof(proof, about, now=now.timestamp())
    except BadTokenError as error:
        raise UnprovenError(f"The DPoP proof is {error}.") from error
    until = datetime.fromtimestamp(read.expires_at, UTC)
    if not use_once(PURPOSE, f"{read.thumbprint}\n{read.jti}", until=until):
        raise UnprovenError("The DPoP proof has been used: its jti must be new every time.")
    return read.thumbprint
