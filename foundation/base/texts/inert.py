"""Texts from outside, as they can be sent."""

import re

from foundation.base.texts.legible import visible

LONGEST = 2000
"""Characters that people still read."""
LINKED = re.compile(r"(:(?=//)|[.\u2024\u3002\uff0e\uff61@](?=\w))")
"""What makes a link of the words around it."""


def inert(text: str) -> str:
    """Return what somebody else wrote as one line that leads nowhere, for e-mails.

    Programs for mail make links of addresses and of hosts with a dot: a space breaks them. What
    nobody sees is spelt out.
    """
    line = " ".join(text[:LONGEST].split())
    return visible(LINKED.sub(r"\1 ", line))
