"""The other side of a challenge: what an application does with a refusal.

It reads the challenge of a resource server and turns it into the parameters of the next pushed
authorization request (RFC 9126), so that the person is asked for exactly what was missing.
"""

from collections.abc import Mapping
from typing import Any

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.references import read_reference
from scopeward_guard._base.strict_json import decode_base64url, parse_object
from scopeward_guard._challenges.challenge import Challenge
from scopeward_guard._challenges.www_authenticate import read_challenges

MAX_BODY_BYTES = 1024 * 1024
MAX_AGE = 10**9
SCHEMES = ("bearer", "dpop")
APPROVAL_ERRORS = ("insufficient_authorization", "insufficient_authorization_details")


def read_refusal(status: int, www_authenticate: str, body: bytes = b"") -> Challenge:
    """Return what a resource server's refusal says; header first, body for what is not there.

    Raises `MalformedError` when neither says anything, or one of them contradicts itself.
    """
    told = _from_body(body)
    for challenge in read_challenges(www_authenticate):
        if challenge.scheme.lower() in SCHEMES:
            told |= challenge.parameters
    if "authorization_remediation" in told:
        encoded = str(told["authorization_remediation"])
        told |= parse_object(decode_base64url(encoded), max_bytes=MAX_BODY_BYTES)
    error = str(told.get("error", ""))
    return Challenge(
        status=status,
        error=APPROVAL_ERRORS[0] if error in APPROVAL_ERRORS else error,
        description=str(told.get("error_description", "")),
        scopes=tuple(str(told.get("scope", "")).split()),
        acr_values=tuple(str(told.get("acr_values", "")).split()),
        max_age=_max_age(told.get("max_age")),
        authorization_details=_details(told.get("authorization_details", [])),
        reasons=tuple(map(str, reasons))
        if isinstance(reasons := told.get("reasons", []), list)
        else (),
        reference=read_reference(str(told.get("reference", ""))) or "",
    )


def is_remediable(challenge: Challenge) -> bool:
    """Return whether a new authorization request could help; if not, do not bother the person."""
    return bool(
        challenge.scopes
        or challenge.acr_values
        or challenge.max_age is not None
        or challenge.authorization_details
    )


def pushed_parameters(
    challenge: Challenge, base: Mapping[str, str], *, resource: str
) -> dict[str, Any]:
    """Return the form of the pushed authorization request that asks for what was missing.

    `base` is the application's usual request (client_id, redirect_uri, state, code_challenge …);
    `resource` is the resource server that it called. `authorization_details` comes as a list, to
    be sent as JSON. Raises `MalformedError` for a challenge that cannot be followed: a resource
    server may ask for approvals at itself, and at no other.
    """
    if not is_remediable(challenge):
        raise MalformedError("nothing would help")
    for detail in challenge.authorization_details:
        if detail.get("locations") != [resource]:
            raise MalformedError("a resource server asks for access to another one")
    scopes = dict.fromkeys([*base.get("scope", "").split(), *challenge.scopes])
    parameters: dict[str, Any] = {**base, "resource": resource, "scope": " ".join(scopes)}
    if challenge.acr_values:
        parameters["acr_values"] = " ".join(challenge.acr_values)
    if challenge.max_age is not None:
        parameters["max_age"] = str(challenge.max_age)
    if challenge.authorization_details:
        parameters["authorization_details"] = [dict(d) for d in challenge.authorization_details]
    return parameters


def _from_body(body: bytes) -> dict[str, Any]:
    if not body.lstrip().startswith(b"{"):
        return {}
    return parse_object(body, max_bytes=MAX_BODY_BYTES)


def _max_age(value: Any) -> int | None:
    if value is None:
        return None
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise MalformedError("max_age is a number of seconds")
    return int(text)


def _details(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise MalformedError("authorization_details is a list of objects")
    return tuple(value)
