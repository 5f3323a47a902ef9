"""What is to be recorded, before it is a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from foundation.journal.keys import key_of
from foundation.journal.models.kinds import Actor, Kind


@dataclass(frozen=True)
class Entry:
    """One act. `person`, `client` and `grant` are keys; `scope` may be several, space-separated."""

    kind: Kind
    actor: Actor
    person: UUID | None = None
    client: int | None = None
    grant: UUID | None = None
    scope: str = ""
    object_kind: str = ""
    """The model that was changed; of a person, `object_key` is empty."""
    object_key: str = ""
    text_version: int | None = None
    locale: str = ""
    acr: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Text, whole numbers, truth values; nothing personal."""
    at: datetime | None = None
    """None: now."""
    actor_id: str = ""
    """Key of the administrator, personal like all that follows."""
    address: str = ""
    user_agent: str = ""
    reason: str = ""
    shown: str = ""
    shared_email: str = ""
    other_id: str = ""
    """Key of another person whom the act is about."""
    changes: str = ""
    """What was changed about people, as canonical JSON."""
    id: UUID | None = None
    """The key of an act that was noted before; it is recorded once."""
    occasion: str = ""
    """Names an act that several tasks may find at once; it is recorded for the first of them.

    They have to agree on `at`, which the key of the act begins with.
    """

    def __post_init__(self) -> None:
        """Raise ValueError for an occasion without its moment."""
        if self.occasion and self.at is None:
            raise ValueError("an occasion has a moment")

    @property
    def key(self) -> UUID | None:
        """The key of an act that was noted or has an occasion: the same whoever records it."""
        if self.occasion and self.at:
            return key_of(self.occasion, self.at)
        return self.id
