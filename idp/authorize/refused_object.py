"""How a request object wants to be told that request objects are refused (OIDC Core §6.1)."""

from scopeward_guard.vocabulary import MalformedError, decode_base64url, parse_object

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
        members = parse_object(decode_base64url(parts[1]), max_bytes=LONGEST)
    except MalformedError:
        return {}
    return {name: members[name] for name in TOLD if isinstance(members.get(name), str)}
