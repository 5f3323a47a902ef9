"""Why the Warehouse refused a query, and how to ask the provider for what would help.

Its answer says it twice: in `WWW-Authenticate` (RFC 6750 §3.1, RFC 9470 §3), and as JSON, which is
easier to read and has room for what a header has not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Details = tuple[Mapping[str, Any], ...]


class MalformedRefusalError(Exception):
    """The answer says no, and nothing that can be understood or followed."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What is missing: scopes, another sign-in (`max_age` in seconds), or an approval."""

    status: int
    error: str
    description: str = ""
    scopes: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    authorization_details: Details = ()
    """For the provider, as they are: what has to be approved (RFC 9396)."""
    reasons: tuple[str, ...] = ()
    reference: str = ""
    """Under which the provider tells the person why."""

    @property
    def can_be_followed(self) -> bool:
        """Whether asking the provider could help; if not, nobody should be bothered."""
        wants = (self.scopes, self.acr_values, self.authorization_details)
        return any(wants) or self.max_age is not None


def read(status: int, body: Mapping[str, Any]) -> Refusal:
    """Return what the JSON of a refusal says; raises `MalformedRefusalError`."""
    details = _list(body, "authorization_details", of=dict)
    max_age = body.get("max_age")
    if max_age is not None and (type(max_age) is not int or max_age < 0):
        raise MalformedRefusalError("max_age is no number of seconds")
    return Refusal(
        status=status,
        error=_text(body, "error"),
        description=_text(body, "error_description"),
        scopes=tuple(_text(body, "scope").split()),
        acr_values=tuple(_text(body, "acr_values").split()),
        max_age=max_age,
        authorization_details=details,
        reasons=_list(body, "reasons", of=str),
        reference=_text(body, "reference"),
    )


def wanted(refusal: Refusal, base: Mapping[str, str], *, resource: str) -> dict[str, Any]:
    """Return the request to push (RFC 9126) that asks for what was missing.

    `base` has what every request of this application has. Raises `MalformedRefusalError` when the
    resource server asks for access to another one than itself.
    """
    if any(detail.get("locations") != [resource] for detail in refusal.authorization_details):
        raise MalformedRefusalError("a resource server asks for access to another one")
    scopes = dict.fromkeys([*base.get("scope", "").split(), *refusal.scopes])
    more = {
        "acr_values": " ".join(refusal.acr_values),
        "max_age": "" if refusal.max_age is None else str(refusal.max_age),
        "authorization_details": list(refusal.authorization_details),
    }
    return {
        **base,
        "resource": resource,
        "scope": " ".join(scopes),
        **{name: value for name, value in more.items() if value},
    }


def _text(body: Mapping[str, Any], name: str) -> str:
    text = body.get(name, "")
    if not isinstance(text, str):
        raise MalformedRefusalError(f"{name} is no text")
    return text


def _list(body: Mapping[str, Any], name: str, *, of: type) -> tuple[Any, ...]:
    members = body.get(name, [])
    if not isinstance(members, list) or not all(isinstance(member, of) for member in members):
        raise MalformedRefusalError(f"{name} is no list of what it should be")
    return tuple(members)
