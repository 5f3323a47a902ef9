"""Letting a form's answer lead to a relying party under a strict Content Security Policy.

Chromium and Safari apply `form-action` to the redirects that follow a form, too. So a page whose
form ends at a relying party names that party's origin, which must come from a registered redirect
URI, and no other.
"""

import re
from urllib.parse import urlsplit

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


def allow_form_action(response: HttpResponseBase, origin: str) -> None:
    """Let forms on this page lead to `origin`: `https://host[:port]`, or an app's `scheme:`.

    An empty origin changes nothing. Raises ValueError for whatever is neither.
    """
    if not origin:
        return
    update = dict(getattr(response, "_csp_update", None) or {})
    update["form-action"] = [*update.get("form-action", []), form_action_source(origin)]
    # The attribute by which django-csp's own decorators hand a response's additions over.
    response._csp_update = update  # type: ignore[attr-defined]  # noqa: SLF001


def form_action_source(origin: str) -> str:
    """Return the CSP source expression for a redirect origin. Raises ValueError."""
    lowered = origin.lower()
    if WEB_ORIGIN.fullmatch(lowered):
        # The grammar of CSP has no IPv6 addresses and no underscores, and browsers ignore what is
        # not in it; the scheme is the closest that can be said.
        return f"{urlsplit(lowered).scheme}:" if {"[", "_"} & set(lowered) else lowered
    if CUSTOM_SCHEME.fullmatch(lowered) and lowered not in NEVER_A_TARGET:
        return lowered
    raise ValueError("not a redirect origin")
