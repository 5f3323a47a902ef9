"""Patterns of names with dots, such as `finance.payments.card_number` or `hr.*`.

When unsure they match: a request for a whole table touches the rule about one of its columns, and
a rule about a table touches a request for one of its columns.
"""

from collections.abc import Collection

ANYTHING = "*"


def touches(pattern: str, name: str) -> bool:
    """Whether what the pattern covers and what the name covers have something in common.

    Upper and lower case are the same: no two databases agree on them.
    """
    parts = zip(pattern.casefold().split("."), name.casefold().split("."), strict=False)
    return all(mine == theirs or ANYTHING in (mine, theirs) for mine, theirs in parts)


def touched(pattern: str, names: Collection[str]) -> list[str]:
    """Return the names that a pattern touches."""
    return [name for name in names if touches(pattern, name)]


def narrowness(pattern: str) -> int:
    """Return how much of a pattern is said: the more, the less it covers."""
    return sum(part != ANYTHING for part in pattern.split("."))
