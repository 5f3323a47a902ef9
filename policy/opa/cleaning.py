"""What may be kept of what others said: no tokens, nothing endless, nothing no database takes."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

MAX_CHARACTERS = 16 * 1024
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


def kept(members: Json) -> Json:
    """Return the members as they may be kept; too much, or too deep, is not kept at all."""
    try:
        clean = _cleaned({name: value for name, value in members.items() if name != "token"})
        fits = len(json.dumps(clean)) <= MAX_CHARACTERS
    except RecursionError:
        fits = False
    return clean if fits else {"erased": "too long or too deep"}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {storable(name): _cleaned(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_cleaned(member) for member in value]
    if isinstance(value, str):
        return storable(_JWT.sub("[erased]", value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def storable(text: str) -> str:
    """Return the text without NUL and lone surrogates, which PostgreSQL does not store."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
