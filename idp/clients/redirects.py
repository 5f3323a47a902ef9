"""Comparing redirect URIs with those registered (RFC 9700 §2.1, RFC 8252 §7.3)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from oauth2_provider.models import redirect_to_uri_allowed


def is_registered(uri: str, registered: Collection[str]) -> bool:
    """Say whether `uri` is one of `registered`, character for character.

    Only the port of an http loopback address may differ (RFC 8252 §7.3).
    """
    if uri in registered:
        return True
    return _has_port(uri) and bool(
        redirect_to_uri_allowed(uri, [r for r in registered if _is_loopback(r)])
    )


def origin_of(uri: str) -> str:
    """Return where a redirect leads: `https://host[:port]`, or a native app's `scheme:`."""
    parts = urlsplit(uri)
    if parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"


def _has_port(uri: str) -> bool:
    """Say whether the port is one, or left out; the engine does not look at it."""
    try:
        return urlsplit(uri).port != 0
    except ValueError:
        return False


def _is_loopback(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"}
