"""Codes of an authenticator app (RFC 6238), each taken once."""

import re
from datetime import datetime
from hmac import compare_digest

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from foundation.base.keys.secret_texts import seal_text, unseal_text
from foundation.directory.factors import counters
from foundation.directory.models import User

PERIOD = 30
"""Seconds of one step (RFC 6238 §4.1)."""
DRIFT = 1
"""Steps that the clock of a phone may be off (RFC 6238 §6)."""
SIX_DIGITS = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """Return a new shared secret of 160 bits in base 32 (RFC 4226 §4)."""
    return str(generate_totp_secret())


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code belongs to, None when it is of none near now.

    Spaces in it do not count: apps show codes in groups.
    """
    typed = "".join(code.split())
    if not SIX_DIGITS.fullmatch(typed):
        return None
    here = int(now.timestamp()) // PERIOD
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if compare_digest(format_hotp_value(hotp_value(secret, step)), typed):
            found = step
    return found


def enrol(person: User, secret: str, code: str, now: datetime) -> Authenticator | None:
    """Make an authenticator app a factor of somebody; None when the code is not its.

    The code has been used by that. Raises `IntegrityError` when they have one already.
    """
    step = step_of(secret, code, now)
    if step is None:
        return None
    factor = Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": seal_text(secret)}
    )
    counters.begin(factor, step)
    return factor


def accept(person: User, code: str, now: datetime) -> Authenticator | None:
    """Take a code, once (RFC 6238 §5.2); return the factor, None when it is none of theirs."""
    factor = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return None
    step = step_of(unseal_text(factor.data["secret"]), code, now)
    if step is None or not counters.advance(factor, step):
        return None
    return factor
