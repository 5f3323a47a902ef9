"""How a request object wants to be told that request objects are refused (OIDC Core §6.1)."""

import base64
import json

LONGEST = 8_192
"""Characters; what is longer is refused without having been read."""
TOLD = ("response_mode", "state")


def answer_parameters(request_object: str) -> dict[str, str]:
    """Return `response_mode` and `state` of a request object, as far as it has them.

    It is refused in any case, and nothing of it is believed: where the answer goes is said by the
    parameters outside. Only how it is brought there may stand inside alone.
    """
    parts = request_object.split(".")
    if len(parts) != 3 or len(request_object) > LONGEST:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        members = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(members, dict):
        return {}
    return {name: members[name] for name in TOLD if isinstance(members.get(name), str)}
