"""Texts from outside, as they can be stored."""

LONGEST = 2000


def storable(text: str) -> str:
    """Return a remark without what a database refuses, cut to a length people still read."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST]
