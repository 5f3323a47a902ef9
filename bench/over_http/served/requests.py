"""HTTP requests as bytes, so that whoever sends them spends nothing on making them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TOKEN = "{token}"  # noqa: S105 - a place for one
"""Stands in a request for what the answer before it has brought."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what is sent, and what a good answer is."""

    name: str
    requests: tuple[str, ...]
    """Sent in turns; where `follows` is set, what is sent is the first, filled with a token."""
    status: int = 200
    having: str = ""
    """Text that the head or the body of a good answer has."""
    follows: str = ""
    """The member of an answer that the next request has to bring, such as `refresh_token`."""
    tokens: tuple[str, ...] = ()
    """Those to begin with, one for each chain."""


def get(host: str, target: str, **headers: str) -> str:
    """Return a GET request; an underscore in a header's name is a hyphen."""
    return _request(host, "GET", target, headers)


def post(host: str, target: str, form: Mapping[str, str], **headers: str) -> str:
    """Return a form being posted."""
    return _request(host, "POST", target, {"Content_Type": FORM, **headers}, urlencode(form))


def chain(host: str, target: str, form: Mapping[str, str], **headers: str) -> str:
    """Return a form whose `TOKEN`, and so its length, is filled when it is sent."""
    fields = {"Content_Type": FORM, **headers}
    return _request(host, "POST", target, fields, urlencode(form, safe="{}"), length="{length}")


def _request(
    host: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: str = "",
    *,
    length: str = "",
) -> str:
    fields = {"Host": host, **{name.replace("_", "-"): text for name, text in headers.items()}}
    if body:
        fields["Content-Length"] = length or str(len(body))
    head = "".join(f"{name}: {text}\r\n" for name, text in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n{body}"
