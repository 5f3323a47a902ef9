"""How far the chain is behind: acts are linked in the background, and somebody has to do it."""

from datetime import datetime

from foundation.journal.models.history import Act


def oldest_unlinked() -> datetime | None:
    """Return when the oldest act happened that has no place in the chain yet. One statement."""
    waiting = Act.objects.filter(number=None).order_by("at")
    return waiting.values_list("at", flat=True).first()
