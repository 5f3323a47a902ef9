"""ID tokens that come back as hints (OIDC Core §3.1.2.1, RP-Initiated Logout §2)."""

from dataclasses import dataclass

from foundation.base import conf
from foundation.base.keys.ring import key_ring
from foundation.base.keys.signing import verify
from idp.tokens.issuing import ID_TOKEN_TYP
from scopeward_guard.jose import BadTokenError


@dataclass(frozen=True, slots=True)
class IdTokenHint:
    """Whom and which session an ID token was about, and which client it was for."""

    subject: str
    client_id: str
    sid: str


def read_id_token_hint(token: str) -> IdTokenHint | None:
    """Return what an ID token of ours says, even when it has expired; None for anything else.

    A session may outlive the key that signed its ID token (RP-Initiated Logout §4).
    """
    try:
        payload = verify(token, typ=ID_TOKEN_TYP, verifiers=key_ring().lasting_verifiers)
    except BadTokenError:
        return None
    if payload.get("iss") != conf.current().issuer:
        return None
    return IdTokenHint(subject=payload["sub"], client_id=payload["aud"], sid=payload.get("sid", ""))
