"""The one way in which a statement is turned away."""

from scopeward_guard._base.errors import GuardError

MAX_QUOTED = 60


class SqlRefusedError(GuardError):
    """The statement is not derived; `reason` is a sentence for the person who wrote it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def quoted(text: str) -> str:
    """Return text from a statement as it may stand in a reason: one short printable line."""
    shown = "".join(mark if mark.isprintable() else "�" for mark in text[:MAX_QUOTED])
    return f"“{shown}…”" if len(text) > MAX_QUOTED else f"“{shown}”"
