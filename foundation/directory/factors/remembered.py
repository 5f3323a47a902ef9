"""Devices on which the second factor is not asked for again for a while.

A cookie holds 256 random bits; what is stored is a digest of them and the person. They are others
after each use, of two uses at the same moment one counts. It stands for the factor as it was proved
then: it is as old as that, and ends with it, with the password, and at its time.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.crypto import constant_time_compare

from foundation.base.clearing import delete_in_batches
from foundation.base.secrets import digest, digests, generate
from foundation.directory.factors.models import RememberedDevice
from foundation.directory.models import User

MOST = 20
"""Devices of one person; the oldest is forgotten."""
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Proved:
    """What a device stands for, and what it brings next time."""

    at: datetime
    """When the factor was proved."""
    secret: str
    expires_at: datetime


def remember(
    person: User,
    factor: int,
    now: datetime,
    *,
    days: int,
    browser: str = "",
    system: str = "",
) -> Proved:
    """Remember a device on which a factor has just been proved."""
    secret, expires_at = generate(), now + timedelta(days=days)
    RememberedDevice.objects.create(
        person=person,
        factor_id=factor,
        digest=digest(_named(person.pk, secret)),
        password_mark=person.get_session_auth_hash(),
        browser=browser,
        system=system,
        proved_at=now,
        last_used_at=now,
        expires_at=expires_at,
    )
    mine = RememberedDevice.objects.filter(person=person).order_by("-proved_at", "-pk")
    RememberedDevice.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST:])).delete()
    return Proved(now, secret, expires_at)


def use(person: User, secret: str, now: datetime, *, days: int) -> Proved | None:
    """Use a device's secret up; None when it is none of theirs, or is over.

    `days` is how long a device may be remembered now, whatever was said then.
    """
    if not SECRET.fullmatch(secret):
        return None
    known = digests(_named(person.pk, secret))
    found = RememberedDevice.objects.filter(
        person=person,
        digest__in=known,
        expires_at__gt=now,
        proved_at__gt=now - timedelta(days=days),
    ).first()
    if found is None or not _is_same_password(person, found.password_mark):
        return None
    anew = generate()
    # Whoever else brings the same secret at this moment changes no row.
    still = RememberedDevice.objects.filter(pk=found.pk, digest=found.digest)
    if not still.update(digest=digest(_named(person.pk, anew)), last_used_at=now):
        return None
    return Proved(found.proved_at, anew, found.expires_at)


def devices_of(person: User, now: datetime, *, days: int) -> list[RememberedDevice]:
    """Return those that count, the latest first. One statement."""
    rows = RememberedDevice.objects.filter(
        person=person, expires_at__gt=now, proved_at__gt=now - timedelta(days=days)
    )
    rows = rows.order_by("-last_used_at", "-pk")
    return [row for row in rows if _is_same_password(person, row.password_mark)]


def forget(person: UUID, key: int | None = None) -> int:
    """Forget one of somebody's devices, or all of them; return how many."""
    rows = RememberedDevice.objects.filter(person=person)
    return (rows if key is None else rows.filter(pk=key)).delete()[0]


def clear_expired(now: datetime) -> int:
    """Delete what counts no more; return how many."""
    return delete_in_batches(RememberedDevice.objects.filter(expires_at__lte=now), by="expires_at")


def _is_same_password(person: User, mark: str) -> bool:
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(each, mark) for each in hashes)


def _named(person: UUID, secret: str) -> str:
    return f"remembered device:{person}:{secret}"
