"""Secrets that others gave us to be used once more: encrypted at rest."""

from foundation.base.keys.sealing import sealed, unsealed

TEXTS = "secret texts"


def seal_text(text: str) -> str:
    """Return the text as a compact JWE."""
    return sealed(text.encode(), TEXTS)


def unseal_text(text: str) -> str:
    """Return the text; raises what `unsealed` does."""
    return unsealed(text, TEXTS).decode()
