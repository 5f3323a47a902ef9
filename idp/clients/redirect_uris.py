"""Which addresses may be registered as redirect URIs (RFC 6749 §3.1.2, RFC 8252 §7)."""

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from django.utils.translation import gettext as _

MAX_LENGTH = 2000
RESPONSE_PARAMETERS = frozenset(
    {
        "access_token", "code", "error", "error_description", "error_uri", "expires_in", "id_token",
        "iss", "response", "scope", "session_state", "state", "token_type",
    }
)  # fmt: skip
"""Those of RFC 6749 §4.1.2 and §4.2.2, RFC 9207, OIDC and JARM: an answer with two of one kind
would be read in two ways."""
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# RFC 3986 §2: scheme, then only characters that a URI may contain. `#` is left to its own rule.
URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
)
HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def redirect_uri_problem(uri: str, *, http_anywhere: bool) -> str | None:
    """Return why the address may not be registered, as a sentence, or None.

    Plain http is for this machine (RFC 8252 §7.3); `http_anywhere` lifts that.
    """
    if len(uri) > MAX_LENGTH or not URI.fullmatch(uri):
        return _("It must be an absolute URI with a scheme (RFC 3986).")
    if "#" in uri:
        return _("It must not have a fragment (RFC 6749 §3.1.2).")
    if "*" in uri:
        return _("Wildcards are not supported: every redirect URI is compared as a whole.")
    try:
        parts = urlsplit(uri)
    except ValueError:
        return _("Its host is malformed.")
    if parts.scheme in {"https", "http"}:
        return _web_address_problem(parts, http_anywhere=http_anywhere)
    return _app_address_problem(parts)


def answer_problem(uri: str) -> str | None:
    """Return why no answer can be sent to a redirect URI that is well-formed, or None."""
    names = {name for name, _value in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    taken = sorted(RESPONSE_PARAMETERS & names)
    if not taken:
        return None
    return _("Its query has parameters that an answer brings: %s.") % ", ".join(taken)


def is_loopback(host: str | None) -> bool:
    """Say whether a host name of a URL means this very machine."""
    return host in LOOPBACK_HOSTS


def _web_address_problem(parts: SplitResult, *, http_anywhere: bool) -> str | None:
    if "@" in parts.netloc:
        return _("It must not contain a user name or password.")
    if not _has_valid_authority(parts):
        return _("Its host is malformed.")
    if parts.scheme == "http" and not (http_anywhere or is_loopback(parts.hostname)):
        return _("It must use https; http is only for localhost, 127.0.0.1 and [::1].")
    return None


def _app_address_problem(parts: SplitResult) -> str | None:
    """RFC 8252 §7.1: a scheme of one's own is a reversed domain name, so it has a dot."""
    if "." in parts.scheme.strip("."):
        return None
    return _("It must use https, or an app's own scheme such as com.example.app (RFC 8252 §7.1).")


def _has_valid_authority(parts: SplitResult) -> bool:
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.netloc.endswith(":"):
        return False
    if ":" in host:
        return _is_ipv6_address(host)
    return all(HOST_LABEL.fullmatch(label) for label in host.split("."))


def _is_ipv6_address(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True
