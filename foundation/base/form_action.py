"""Letting a form's answer lead to a relying party under a strict Content Security Policy.

Chromium and Safari apply `form-action` to every redirect that follows a form. A relying party may
send people onward from its redirect URI, to another host or into a native app, and where to is not
known here. So a page whose form ends at a relying party goes without that one directive; all other
pages keep it.
"""

import re

from django.http import HttpResponseBase

WEB_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?"
)
CUSTOM_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
NEVER_A_TARGET = frozenset(
    (
        "http:",
        "https:",
        "javascript:",
        "data:",
        "blob:",
        "file:",
        "about:",
        "vbscript:",
        "ws:",
        "wss:",
    )
)


def allow_onward_redirects(response: HttpResponseBase) -> None:
    """Let forms on this page end wherever the relying party sends people next."""
    replaced = dict(getattr(response, "_csp_replace", None) or {})
    # The attribute by which django-csp's own decorators hand a response's changes over.
    response._csp_replace = replaced | {"form-action": None}  # type: ignore[attr-defined]  # noqa: SLF001


def check_redirect_origin(origin: str) -> None:
    """Raise ValueError unless it is `https://host[:port]`, or a native app's `scheme:`."""
    lowered = origin.lower()
    is_app = CUSTOM_SCHEME.fullmatch(lowered) and lowered not in NEVER_A_TARGET
    if not is_app and not WEB_ORIGIN.fullmatch(lowered):
        raise ValueError("not a redirect origin")
