"""One authorization detail that was checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from claims.catalogue.details.canonical import canonical_text, digest_of
from claims.catalogue.details.catalogue import DetailsType
from claims.catalogue.details.wording import in_words


@dataclass(frozen=True)
class Detail:
    """A detail that follows its type. It never changes: what it says is kept as canonical text."""

    type: DetailsType
    canonical: str
    """The detail as RFC 8785 writes it."""

    @classmethod
    def of(cls, entry: DetailsType, data: Mapping[str, Any]) -> "Detail":
        """Return a detail of JSON that was checked against the type; raise InexactDetailError."""
        return cls(entry, canonical_text(data))

    @property
    def data(self) -> dict[str, Any]:
        """What it says, as a copy of your own."""
        data: dict[str, Any] = json.loads(self.canonical)
        return data

    @cached_property
    def digest(self) -> str:
        """Base64url SHA-256 of the canonical text: equal for details that say the same."""
        return digest_of(self.canonical)

    @property
    def audiences(self) -> tuple[str, ...]:
        """The resource servers it is for; at least one."""
        return audiences_of(self.type, self.data)

    def sentence(self, locale: str | None = None) -> str:
        """Return what it allows, in a language (BCP 47), English by default.

        The values come from the client: show it as text, never as markup.
        """
        return in_words(self.type.text("sentence", locale), self.data, locale)


def audiences_of(entry: DetailsType, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the resource servers that a detail of a type is for (RFC 9396 §2.2 `locations`)."""
    if entry.resource_server:
        return (entry.resource_server,)
    return tuple(dict.fromkeys(data.get("locations") or ()))
