"""User codes (RFC 8628 §6.1): short, typed from a screen, and never guessed."""

import secrets

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants alone: no digits that look like letters, and no words."""
LENGTH = 8
"""20 to the power of 8, 34 bits: with the few wrong codes that a person may type in an hour, and
for the ten minutes that a code is good, nobody finds one (§5.1)."""


def new_code() -> str:
    """Return a code without its hyphen."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    """Return it as people read it: two groups."""
    return f"{code[:4]}-{code[4:]}"


def read_code(typed: str) -> str:
    """Return the code that somebody has typed, in any case and with any punctuation; else ""."""
    code = "".join(sign for sign in typed.upper() if sign in ALPHABET)
    others = {sign for sign in typed.upper() if sign not in ALPHABET}
    return code if len(code) == LENGTH and others <= set(" -_.") else ""
