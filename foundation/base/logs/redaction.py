"""What no line of the log may hold, by the name it stands under or by how it looks."""

import functools
import re
from typing import Any

from structlog.typing import EventDict, WrappedLogger

REDACTED = "[redacted]"
SECRET_NAMES = frozenset(
    {
        "code",
        "code_verifier",
        "device_code",
        "id_token_hint",
        "private_jwe",
        "private_jwk",
        "request_uri",
        "secret_key",
        "session_key",
        "user_code",
    }
)
SECRET_ENDINGS = (
    "assertion",
    "authorization",
    "cookie",
    "csrf",
    "password",
    "secret",
    "session",
    "sessionid",
    "token",
)
LONGEST = 1_000
"""Characters of a value that are kept, and searched."""
LONGEST_TRACEBACK = 16_000
"""Its end is kept, which says what went wrong."""
CUT = "…"
# Others write what is searched, so no pattern looks at a sign more than a few times: repetitions
# give nothing back, and a search begins only where a run of signs does.
# Most values look like nothing of the kind, and one search says so.
SUSPICIOUS = re.compile(
    r"""=|eyJ|://|/reset/key/|/confirm-email/|/invitation/|["']\s*+:|(?:bearer|basic|dpop)\s""",
    re.IGNORECASE,
)
# Text written by others: query strings and forms, dictionaries, headers, links mailed, JWTs.
PARAMETER = re.compile(r"""(?<![\w-])([\w-]++)=([^&\s"'<>;,]++)""")
ITEM = re.compile(r"""((["'])([\w-]++)\2\s*+:\s*+\[?+["'])([^"']++)""")
CREDENTIALS = re.compile(r"\b(Bearer|Basic|DPoP)\s++[A-Za-z0-9._~+/=-]{8,}+", re.IGNORECASE)
JWT = re.compile(r"\beyJ[\w-]{8,}+(?:\.[\w-]*+){1,4}+")
URL_PASSWORD = re.compile(rf"(://[^/\s:@]*+:)[^/\s@{CUT}]++[@{CUT}]")
MAILED_LINK = re.compile(r"(/(?:reset/key|confirm-email|invitation)/)[^/\s\"'?]++")


@functools.lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether values of this name must not be logged (`client_secret`, `Set-Cookie`, …)."""
    name = name.lower().replace("-", "_").rstrip("0123456789_")
    return name in SECRET_NAMES or name.endswith(SECRET_ENDINGS)


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Replace secrets, by the name they stand under or by how they look. A structlog processor."""
    return {
        key: _redacted_text(f"{CUT}{value[-LONGEST_TRACEBACK:]}")
        if key == "exception" and isinstance(value, str)
        else _redacted(key, value)
        for key, value in event.items()
    }


def redacted_text(text: str) -> str:
    """Return a value of unknown content as it may be logged: cut, and without secrets."""
    return _redacted_text(text if len(text) <= LONGEST else text[:LONGEST] + CUT)


def _redacted(key: str, value: Any) -> Any:
    if is_secret(key) and not isinstance(value, bool | int | None):
        return REDACTED
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", item) for item in value]
    return value


def _redacted_text(text: str) -> str:
    if SUSPICIOUS.search(text) is None:
        return text
    text = CREDENTIALS.sub(rf"\1 {REDACTED}", text)
    text = URL_PASSWORD.sub(rf"\1{REDACTED}@", text)
    text = MAILED_LINK.sub(rf"\1{REDACTED}", text)
    text = JWT.sub(REDACTED, text)
    text = PARAMETER.sub(lambda found: f"{found[1]}={_unless_secret(found[1], found[2])}", text)
    return ITEM.sub(lambda found: found[1] + _unless_secret(found[3], found[4]), text)


def _unless_secret(name: str, value: str) -> str:
    return REDACTED if is_secret(name) else value
