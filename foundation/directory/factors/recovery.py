"""Recovery codes: ten, shown once, each good once."""

import re
import secrets
from datetime import datetime

from django.db import transaction

from foundation.base.secrets import digest, digests
from foundation.directory.factors.models import RecoveryCode
from foundation.directory.models import User

HOW_MANY = 10
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Nothing that is taken for something else: no I, L, O, 0 or 1."""
FEW = 3
"""With so many left, or fewer, the person is told to make new ones."""
VERY_FEW = 2
"""With so many left, or fewer, they are told so whenever they sign in."""
LENGTH = 12
"""Characters: 59 bits."""
PURPOSE = "recovery code:"


@transaction.atomic
def make(person: User, now: datetime) -> list[str]:
    """Replace somebody's codes by new ones and return these: nobody can read them again."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    RecoveryCode.objects.filter(user=person).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=person, digest=digest(PURPOSE + code), made_at=now) for code in codes
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def accept(person: User, typed: str) -> bool:
    """Use a code up; False when it is none of theirs, or was used. Of two at once one succeeds."""
    code = re.sub(r"[\s-]", "", typed).upper()
    if len(code) != LENGTH:
        return False
    stored = RecoveryCode.objects.filter(user=person, digest__in=digests(PURPOSE + code))
    return stored.delete()[0] == 1


def left(person: User) -> int:
    """Return how many codes somebody has left."""
    return RecoveryCode.objects.filter(user=person).count()
