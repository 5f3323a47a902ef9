"""Refresh tokens: each is followed by another, that follows from it.

A successor is a MAC of the token before it, under the pepper: nothing but its digest is stored, and
the same one can be given again to a client whose answer was lost on its way.
"""

from datetime import datetime

from django.db.models import F

from foundation.base import conf
from foundation.base.prepared.statements import PreparedUpdate
from foundation.base.secrets import digest
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.families.store import LostRaceError, expiry, unchanged

PURPOSE = "refresh token successor"

_ROTATE = PreparedUpdate(
    (int, int, datetime, str, str, datetime),
    lambda pk, version, now, current, successor, expires: (
        unchanged(version, pk=pk, token_checksum=current, expires__gt=now),
        {
            "rotated_at": now,
            "updated": now,
            "rotations": F("rotations") + 1,
            "token_checksum": successor,
            "expires": expires,
        },
    ),
)
_REPEAT = PreparedUpdate(
    (int, int, datetime, str),
    lambda pk, version, now, current: (
        unchanged(version, pk=pk, token_checksum=current, expires__gt=now),
        {"updated": now, "rotations": F("rotations") + 1},
    ),
)


def rotate(standing: FamilyStanding, *, secret: str, now: datetime) -> str:
    """Replace the refresh token that was read: raises `LostRaceError` unless it still is current.

    One statement.
    """
    successor = successors(standing, secret)[0]
    values = (standing.get("token_checksum"), digest(successor), expiry(standing, now))
    if not _ROTATE.changes(standing.get("pk"), standing.version, now, *values):
        raise LostRaceError
    return f"{standing.get('handle')}.{successor}"


def successors(standing: FamilyStanding, secret: str) -> tuple[str, ...]:
    """Return what a refresh token is followed by, under each pepper; the one in force first.

    Who has not both the token and a pepper cannot tell, and nobody has to store it: so it can be
    given again when the answer was lost.
    """
    text = f"{standing.get('token_family').hex}.{secret}"
    return conf.current().pepper.macs(PURPOSE, text.encode())


def repeat(standing: FamilyStanding, *, successor: str, now: datetime) -> str:
    """Give the refresh token in force again: raises `LostRaceError` unless it is unused.

    One statement, noted like a rotation; when it was rotated stays as it was.
    """
    checksum = standing.get("token_checksum")
    if not _REPEAT.changes(standing.get("pk"), standing.version, now, checksum):
        raise LostRaceError
    return f"{standing.get('handle')}.{successor}"
