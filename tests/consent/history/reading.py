"""Verifying, and tampering as somebody who owns the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from foundation.journal.chain.verification import Verification
from foundation.journal.triggers import declared as triggers


def findings(archives: Sequence[Path] = ()) -> list[str]:
    """Return what is wrong with the history, which is the same however it is divided."""
    found = list(Verification(archives=archives).findings())
    for rows in (1, 2):
        assert list(Verification(archives=archives, stretch=rows).findings()) == found
    return found


def tamper(sql: str, *parameters: Any) -> None:
    """Run SQL with every trigger dropped, and put the triggers back."""
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount > 0


def in_database(act_id: Any) -> Any:
    """Return the key of an act as the database holds it."""
    return act_id if connection.vendor == "postgresql" else act_id.hex
