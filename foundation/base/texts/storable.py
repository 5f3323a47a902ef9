"""Text that every database takes: no NUL (PostgreSQL), and nothing that cannot be UTF-8."""


def is_storable(text: str) -> bool:
    """Say whether a text can be stored and compared as it is: no NUL, no lone surrogate."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def storable(text: str, longest: int | None = None) -> str:
    """Return what of a text can be stored: no NUL, `?` for a lone surrogate, cut to `longest`."""
    # Cut first: nothing that is done here makes it longer.
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode()
