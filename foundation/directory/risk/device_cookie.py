"""The cookie by which a browser is recognised at the next sign-in.

It holds 256 random bits and a signature. What is stored is a digest of them *and* the person: the
cookie of another person's device is a new device, and the table does not tell who shares one.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from foundation.base.secrets import digests, generate

LIFETIME = timedelta(days=400)
"""The longest that browsers keep a cookie (RFC 6265bis §5.5)."""
LONGEST = 200
"""Characters; what is longer was not made here."""
_signer = TimestampSigner(salt="foundation.directory.risk.device")


def cookie_name() -> str:
    """Return its name: like that of the session, with the same prefix."""
    return settings.SESSION_COOKIE_NAME.replace("session", "device")


def token_of(request: HttpRequest) -> str:
    """Return the device's token, empty when there is none that was made here."""
    signed = request.COOKIES.get(cookie_name(), "")
    if not signed or len(signed) > LONGEST:
        return ""
    try:
        return _signer.unsign(signed, max_age=LIFETIME)
    except BadSignature:
        return ""


def new_token() -> str:
    """Return a token for a device that has none."""
    return generate()


def digests_for(person: UUID, token: str) -> tuple[str, ...]:
    """Return what a device is stored as for one person, newest first; `("",)` for no token."""
    return digests(named_for(person, token)) if token else ("",)


def named_for(person: UUID, token: str) -> str:
    """Return what is digested of a device for one person."""
    return f"device:{person}:{token}"


def remember(response: HttpResponse, token: str) -> None:
    """Set the cookie, for another 400 days."""
    response.set_cookie(
        cookie_name(),
        _signer.sign(token),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
