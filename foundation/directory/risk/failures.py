"""Refused passwords, counted by the name that was typed.

A row is written for every name, whether or not anybody has it, and nobody is looked up: neither the
time that takes nor the table tells a stranger which accounts exist.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from foundation.base.secrets import digest, digests
from foundation.base.texts.canonical_names import canonical_name
from foundation.directory.models import FailedSignIn

WINDOW = timedelta(hours=1)
"""How long a refused password counts."""


def note_failure(name: str, *, now: datetime) -> None:
    """Note that a password was refused for a username or an e-mail address."""
    FailedSignIn.objects.create(account=digest(_account(name)), at=now)


def count_failures(names: Iterable[str], *, now: datetime) -> int:
    """Return how many passwords were refused under any of these names in the last hour."""
    accounts = {found for name in names if name for found in digests(_account(name))}
    return FailedSignIn.objects.filter(account__in=accounts, at__gt=now - WINDOW).count()


def _account(name: str) -> str:
    """Return what is digested of a name, the same however it is spelled."""
    return f"account:{canonical_name(name)}"
