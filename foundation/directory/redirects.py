"""Comparing redirect URIs with those registered (RFC 9700 §2.1, RFC 8252 §7.3)."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

# RFC 8252 §8.3 warns of `localhost`, which might be looked up elsewhere. Browsers do not look it up
# (Let 'localhost' be localhost), and command-line tools and MCP clients register it.
LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::([0-9]{1,5}))?([/?].*|)")
LAST_PORT = 65_535
DEFAULT_PORT = {"https": ":443", "http": ":80"}


def is_registered(uri: str, registered: Collection[str]) -> bool:
    """Say whether `uri` is one of `registered`, character for character.

    Only the port of an http loopback address may differ (RFC 8252 §7.3).
    """
    if uri in registered:
        return True
    native = _without_port(uri)
    return native is not None and native in map(_without_port, registered)


def origin_of(uri: str) -> str:
    """Return where a redirect leads: `https://host[:port]`, or a native app's `scheme:`.

    As browsers write it in `Origin` (RFC 6454 §6.2): in small letters, without a default port.
    """
    parts = urlsplit(uri)
    if parts.scheme in DEFAULT_PORT:
        host = parts.netloc.lower().removesuffix(DEFAULT_PORT[parts.scheme])
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}:"


def _without_port(uri: str) -> str | None:
    """Return a loopback address without its port; None for any other, or when that is no port."""
    match = LOOPBACK.fullmatch(uri)
    if match is None or not 0 < int(match[2] or 80) <= LAST_PORT:
        return None
    return match[1] + match[3]
