"""The digest of a consent screen: what it said, word by word and value by value."""

from collections.abc import Collection
from typing import Any

from consent.screen.layout import Group, ScreenRow
from consent.screen.rows import Screen
from foundation.journal.chain.canonical import sha256


def digest_of(
    screen: Screen, *, application: str, locale: str, details: Collection[str] = ()
) -> str:
    """Return the SHA-256 of everything that was put before the person, in hexadecimal.

    It covers the person's values, so it is kept with the personal part of the act. `details` stand
    for the cards of authorization details.
    """
    return sha256(
        {
            "application": application,
            "locale": locale,
            "destination": screen.destination,
            "cards": [
                {"title": card.title, "groups": [_group(group) for group in card.groups]}
                for card in screen.cards
            ],
            "kept": [_row(row) for row in screen.kept],
            "beyond_reach": [_row(row) for row in screen.beyond_reach],
            **({"details": list(details)} if details else {}),
        }
    )


def _group(group: Group) -> dict[str, Any]:
    return {
        "receiver": group.receiver.name if group.receiver else "",
        "rows": [_row(row) for row in group.implicit + group.asked],
    }


def _row(row: ScreenRow) -> dict[str, Any]:
    return {
        "scope": row.entry.name,
        "title": row.title,
        "sentence": row.sentence,
        "values": [[str(label), str(value)] for label, value in row.values],
        "badges": [badge.text for badge in row.badges],
        "note": row.note,
        "ticked": row.ticked,
        "claims": [
            [choice.claim, choice.label, choice.text, choice.ticked, choice.locked]
            for choice in row.claims
        ],
        "addresses": [[choice.text, choice.chosen] for choice in row.addresses],
    }
