"""The digest of a consent screen: what it said, word by word and value by value."""

from typing import Any

from consent.history.canonical import sha256
from consent.screen import Row, Screen


def digest_of(screen: Screen, *, application: str, locale: str) -> str:
    """Return the SHA-256 of everything that was put before the person, in hexadecimal.

    It covers the person's values, so it is kept with the personal part of the act.
    """
    return sha256(
        {
            "application": application,
            "locale": locale,
            "destination": screen.destination,
            "cards": [
                {"title": card.title, "rows": [_row(row) for row in card.implicit + card.asked]}
                for card in screen.cards
            ],
            "kept": [_row(row) for row in screen.kept],
        }
    )


def _row(row: Row) -> dict[str, Any]:
    return {
        "scope": row.entry.name,
        "title": row.entry.title,
        "sentence": row.entry.sentence,
        "values": [[str(label), str(value)] for label, value in row.values],
        "badges": [badge.text for badge in row.badges],
        "note": row.note,
        "ticked": row.ticked,
    }
