"""Token families: the atomic store under codes and refresh tokens, on PostgreSQL and SQLite.

Every single use is one conditional UPDATE that must hit one row. Each also demands that the grant
is still the version that was read, so a token never carries what was taken back meanwhile.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from consent.approvals.use.minting import revoke_details
from consent.grants.selectors import grants_at
from foundation.base import conf
from foundation.base.prepared.statements import PreparedUpdate
from foundation.base.secrets import digest
from foundation.journal import deny_list
from foundation.journal.context import BY_THE_SYSTEM
from idp.models import RefreshToken
from idp.tokens.families.standing import FamilyStanding


class LostRaceError(Exception):
    """Somebody else used it first, or it was taken back between reading and using it."""


class HeldStill(Exists):
    """EXISTS that on PostgreSQL locks the rows it finds against being changed, until the commit.

    A statement there goes on seeing what was so when it began, even when it has waited since. The
    lock makes it look at the rows again, and makes whoever wants to change them wait for the
    commit. So a use is over before a scope is taken back, or it finds that the scope is gone.
    Others who use the same grant wait their turn: a lock that they shared would let a stream of
    uses keep whoever takes back waiting for as long as it flows. SQLite lets one writer in at a
    time.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Compile with the lock."""
        locking = "EXISTS(%(subquery)s FOR NO KEY UPDATE)"
        return self.as_sql(compiler, connection, template=locking, **context)


def unchanged(version: int, **unused: Any) -> QuerySet[RefreshToken]:
    """Return the family's row if it is unused and everything else that was read still holds.

    `unused` must stand on the row itself: PostgreSQL checks that again after waiting for another
    writer. The grant and the person are other rows, so they have to be held still.
    """
    same = grants_at(version).filter(pk=OuterRef("grant"))
    return RefreshToken.objects.filter(HeldStill(same), revoked__isnull=True, **unused)


_REDEEM = PreparedUpdate(
    (int, int, datetime, str, datetime),
    lambda pk, version, now, checksum, expires: (
        unchanged(version, pk=pk, redeemed_at__isnull=True),
        {
            "redeemed_at": now,
            "updated": now,
            "token_checksum": checksum,
            "expires": expires,
            "cnf": {},
        },
    ),
)


_REDEEM_BOUND = PreparedUpdate(
    (int, int, datetime, str, datetime, str),
    lambda pk, version, now, checksum, expires, thumbprint: (
        unchanged(version, pk=pk, redeemed_at__isnull=True),
        {
            "redeemed_at": now,
            "updated": now,
            "token_checksum": checksum,
            "expires": expires,
            "cnf": JSONObject(jkt=Cast(Value(thumbprint), TextField())),
        },
    ),
)


def hold_still(standing: FamilyStanding) -> None:
    """Keep the family and its grant as they were read, until the commit; raises `LostRaceError`."""
    if not unchanged(standing.version, pk=standing.get("pk")).exists():
        raise LostRaceError


def redeem(
    standing: FamilyStanding, *, with_refresh_token: bool, now: datetime, bound_to: str = ""
) -> str | None:
    """Use the code: raises `LostRaceError` when it is used, revoked or the grant has changed.

    Returns the first refresh token, if there is to be one; `bound_to` is the thumbprint of the key
    that it needs from now on. One statement.
    """
    secret = secrets.token_urlsafe(32) if with_refresh_token else ""
    checksum = digest(secret) if secret else ""
    expires = expiry(standing, now) if secret else _last_access_token(now)
    values = (standing.get("pk"), standing.version, now, checksum, expires)
    if not (_REDEEM_BOUND.changes(*values, bound_to) if bound_to else _REDEEM.changes(*values)):
        raise LostRaceError
    return f"{standing.get('handle')}.{secret}" if secret else None


def expiry(standing: FamilyStanding, now: datetime) -> datetime:
    """Return when a refresh token given now ends, if it is not used before."""
    idle_end = now + timedelta(seconds=conf.current().refresh_token_lifetime)
    ends_at: datetime = standing.get("ends_at")
    return min(idle_end, ends_at)


def _last_access_token(now: datetime) -> datetime:
    return now + timedelta(seconds=conf.current().access_token_lifetime)


def refuse_second_use(
    standing: FamilyStanding, *, used_at: datetime | None, arrived_at: datetime
) -> None:
    """End the family whose code or refresh token comes again (RFC 6749 §4.1.2, RFC 9700 §4.14.2).

    A request that was here before the other one was answered is its duplicate, and for a leeway
    that the operator may grant, so is one that comes soon after: refused, but nothing ends.
    """
    leeway = timedelta(seconds=conf.current().replay_leeway)
    if used_at is None or used_at + leeway < arrived_at:
        revoke_families(timezone.now(), pk=standing.get("pk"))


@transaction.atomic
def revoke_families(now: datetime, *which: Q, **lookups: Any) -> int:
    """End the families that match, and all that came from them; return how many."""
    standing = RefreshToken.objects.filter(*which, revoked__isnull=True, **lookups)
    # Locked before they are read: a token issued meanwhile would not be on the deny-list.
    locked = standing.select_for_update().order_by("pk")
    rows = dict(locked.values_list("pk", "authorization_details"))
    ending = RefreshToken.objects.filter(pk__in=list(rows))
    revoke_details((detail for held in rows.values() for detail in held), BY_THE_SYSTEM)
    deny_list.deny_families(with_live_tokens(ending, now).values_list("token_family", flat=True))
    return ending.update(revoked=now, updated=now)


def with_live_tokens(
    rows: QuerySet[RefreshToken], now: datetime | None = None
) -> QuerySet[RefreshToken]:
    """Return those families whose last access token has not expired yet."""
    since = (now or timezone.now()) - timedelta(seconds=conf.current().access_token_lifetime)
    return rows.filter(Q(redeemed_at__gt=since) | Q(rotated_at__gt=since))
