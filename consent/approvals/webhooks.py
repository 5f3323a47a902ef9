"""Signed posts to webhooks, that cannot be pointed at what is inside.

The receiver checks `Scopeward-Signature: t=<seconds>,v1=<hex>`: the HMAC-SHA-256, under its secret,
of the time, a dot and the body; and refuses old times. `Scopeward-Delivery` names the notice: the
same for every attempt.
"""

import hmac
import json
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils import timezone

from consent.approvals.models import Notice, WebhookEndpoint

TIMEOUT = 5.0


class UnsafeTargetError(Exception):
    """The address is not one that we post to."""


def post(notice: Notice, endpoint: WebhookEndpoint, base_url: str, *, anywhere: bool) -> None:
    """Post a notice; raise httpx.HTTPError unless it is taken (2xx), UnsafeTargetError before."""
    body = json.dumps(_payload(notice, base_url)).encode()
    seconds = int(timezone.now().timestamp())
    headers = {
        "Scopeward-Delivery": str(notice.pk),
        "Scopeward-Signature": f"t={seconds},v1={signature(endpoint.secret, seconds, body)}",
    }
    status = send(endpoint.url, body, headers, anywhere=anywhere)
    if not 200 <= status < 300:
        raise httpx.HTTPError(f"answered {status}")


def send(url: str, body: bytes, headers: Mapping[str, str], *, anywhere: bool) -> int:
    """Post JSON to an address from outside; return the status, without reading the answer.

    Redirects are not followed. Raises httpx.HTTPError, OSError when nobody answers, and
    UnsafeTargetError for what is not to be reached from here.
    """
    host, address = _target(url, anywhere=anywhere)
    # To the very address that was checked: the name may mean another one by now.
    checked = httpx.URL(url).copy_with(host=address)
    name = {"sni_hostname": urlsplit(url).hostname}
    sent = {**headers, "Host": host, "Content-Type": "application/json"}
    with (
        httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", checked, content=body, headers=sent, extensions=name) as answer,
    ):
        return answer.status_code


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Return what a receiver has to find: hexadecimal HMAC-SHA-256 of `<seconds>.<body>`."""
    return hmac.digest(secret.encode(), f"{seconds}.".encode() + body, "sha256").hex()


def _payload(notice: Notice, base_url: str) -> dict[str, object]:
    # No statement and nobody's name: whoever may read them follows the link and signs in.
    approval: Any = notice.approval
    return {
        "id": str(notice.pk),
        "event": f"approval.{notice.event}",
        "at": notice.created_at.isoformat(),
        "approval": str(approval.pk),
        "state": notice.state,
        "type": approval.type,
        "audience": approval.audience,
        "code": approval.binding_code,
        "url": base_url + approval.get_absolute_url(),
    }


def _target(url: str, *, anywhere: bool) -> tuple[str, str]:
    """Return the Host header and the IP address to post to."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (anywhere and parts.scheme == "http"):
        raise UnsafeTargetError("Webhooks are reached by https only.")
    if not parts.hostname or parts.username is not None:
        raise UnsafeTargetError("This is not the address of a webhook.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not anywhere and not all(_is_public(address) for address in addresses):
        raise UnsafeTargetError("The address lies inside a private network.")
    return parts.netloc, addresses[0]


def _is_public(text: str) -> bool:
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast
