"""The id of a request, by which its lines in the log are found."""

import re
import secrets

ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id_of(offered: str) -> str:
    """Return the id that a request came with if it is well-formed, or else a new one."""
    return offered if ACCEPTED.fullmatch(offered) else secrets.token_hex(16)
