"""One sign-in that has gone to a provider, carried by the browser in which it began.

Nothing is stored here before somebody comes back: the browser carries it, sealed. `state` is good
once, for the provider and the browser that it was made for (RFC 9700 §2.1, §4.7).
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from jwcrypto.common import JWException

from foundation.base import conf
from foundation.base.keyed import UnknownKeyError
from foundation.base.keys.sealing import sealed, unsealed
from foundation.directory.factors import challenges
from foundation.directory.upstream.models import UpstreamProvider
from idp.upstream.relying_party.errors import UpstreamRefusedError
from scopeward_guard.vocabulary import encode_base64url

COOKIE = "__Host-upstream" if settings.HTTPS else f"upstream-{settings.PORT}"
SEALED_FOR = "sign-in upstream"


class WentFor(StrEnum):
    """What the person went there for."""

    SIGN_IN = "sign_in"
    CONNECT = "connect"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is known of it when the browser comes back."""

    provider: str
    aim: WentFor
    state: str
    nonce: str
    verifier: str
    following: str
    """Where the person goes on afterwards: a page of this site, or empty."""
    person: str
    """Who was signed in, where that matters."""
    began_at: int


def begin(
    provider: UpstreamProvider,
    aim: WentFor,
    now: datetime,
    *,
    following: str = "",
    person: str = "",
) -> Transaction:
    """Return a new one; nothing is stored."""
    nonce = secrets.token_urlsafe(32)
    return Transaction(
        provider=str(provider.pk),
        aim=aim,
        state=challenges.make(_purpose(str(provider.pk), nonce), now).decode(),
        nonce=nonce,
        verifier=secrets.token_urlsafe(48),
        following=following,
        person=person,
        began_at=int(now.timestamp()),
    )


def authorization_url(
    provider: UpstreamProvider, under_way: Transaction, redirect_uri: str, hint: str = ""
) -> str:
    """Return where the browser goes (OIDC Core §3.1.2.1, RFC 7636 §4.3)."""
    digest = hashlib.sha256(under_way.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scopes,
        "state": under_way.state,
        "nonce": under_way.nonce,
        "code_challenge": encode_base64url(digest),
        "code_challenge_method": "S256",
    }
    if hint:
        asked["login_hint"] = hint
    if under_way.aim is WentFor.CONFIRM:
        asked |= {"prompt": "login", "max_age": "0"}
    endpoint = str(provider.metadata["authorization_endpoint"])
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def redirect_uri_of(provider: UpstreamProvider) -> str:
    """Return the redirect URI: of each provider its own (RFC 9700 §4.4.2.2)."""
    return address_of(provider, "callback")


def address_of(provider: UpstreamProvider, name: str) -> str:
    """Return an address here that a provider knows."""
    return f"{conf.current().issuer}/accounts/upstream/{provider.slug}/{name}/"


def carry(response: HttpResponse, under_way: Transaction) -> None:
    """Let the browser carry it."""
    text = sealed(json.dumps(asdict(under_way)).encode(), SEALED_FOR)
    response.set_cookie(
        COOKIE,
        text,
        max_age=int(challenges.LIFETIME.total_seconds()),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def drop(response: HttpResponse) -> None:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE, samesite="Lax")


def take(request: HttpRequest, provider: UpstreamProvider, now: datetime) -> Transaction:
    """Return what this browser carries and `state` names, once; raises `UpstreamRefusedError`."""
    try:
        said = json.loads(unsealed(request.COOKIES.get(COOKIE, ""), SEALED_FOR))
    except (JWException, UnknownKeyError, ValueError) as error:
        raise UpstreamRefusedError("nothing began in this browser") from error
    under_way = Transaction(**{**said, "aim": WentFor(said["aim"])})
    state = request.GET.get("state", "")
    if not hmac.compare_digest(under_way.state.encode(), state.encode()):
        raise UpstreamRefusedError("another state")
    if under_way.provider != str(provider.pk):
        raise UpstreamRefusedError("it began with another provider")
    purpose = _purpose(under_way.provider, under_way.nonce)
    if not challenges.accept(state.encode(), purpose, now):
        raise UpstreamRefusedError("state is too old, or was used already")
    return under_way


def _purpose(provider: str, nonce: str) -> str:
    return f"upstream {provider} {nonce}"
