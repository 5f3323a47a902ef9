"""What a refused caller is told: status, `WWW-Authenticate` and a JSON body that say the same.

RFC 6750 §3 for tokens and scopes, RFC 9470 §3 for sign-ins that are too weak or too old, RFC 9728
§5.1 for where to find out more. For a query that needs an approval there is no standard yet; the
draft that we follow (draft-zehavi-oauth-rar-metadata) is in `_remediation` and nowhere else.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scopeward_guard._base.strict_json import encode_base64url
from scopeward_guard._challenges.www_authenticate import write_challenge

MAX_PARAMETER_CHARACTERS = 4_096
"""Servers and proxies refuse longer header lines. What does not fit is in the body only."""

UNCHALLENGED = frozenset({"access_denied", "invalid_query", "failed"})
"""Errors that are no challenge (RFC 9110 §11.6.1): nothing that one could be given would help."""

Details = tuple[Mapping[str, Any], ...]


class Remediation(StrEnum):
    """How a challenge says which `authorization_details` would help; the draft may still move."""

    PARAMETER = "parameter"
    """`insufficient_authorization`, in the header and in the body (draft-zehavi, 2026-08)."""
    BODY = "body"
    """`insufficient_authorization_details`, in the body alone (the draft up to its -02)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Why a request was refused, and what would help, if anything would."""

    status: int
    error: str = ""
    description: str = ""
    scopes: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    authorization_details: Details = ()
    reasons: tuple[str, ...] = ()
    reference: str = ""
    """Under which the decision is in the log: what to tell whoever is asked for help."""
    wants_proof: bool = False
    """Whether a DPoP proof is what would help (RFC 9449 §7.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeFormat:
    """How this resource server words its challenges; `algorithms` are those of DPoP proofs."""

    resource_metadata: str
    algorithms: tuple[str, ...] = ()
    remediation: Remediation = Remediation.PARAMETER


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP response for any framework."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def token_missing() -> Challenge:
    """Ask for a token. When none was sent there is no error code (RFC 6750 §3.1)."""
    return Challenge(status=401, description="An access token is needed.")


def request_invalid(description: str) -> Challenge:
    """Tell that the request cannot be read in one way only (RFC 6750 §3.1)."""
    return Challenge(status=400, error="invalid_request", description=description)


def token_invalid(
    description: str = "The access token is not valid here.", *, wants_proof: bool = False
) -> Challenge:
    """Tell that the token is no good, for whatever reason (RFC 6750 §3.1, RFC 9449 §7.1)."""
    return Challenge(
        status=401, error="invalid_token", description=description, wants_proof=wants_proof
    )


def scope_insufficient(scopes: Iterable[str]) -> Challenge:
    """Tell that the token lacks some of these scopes (RFC 6750 §3.1)."""
    return Challenge(
        status=403,
        error="insufficient_scope",
        description="The access token does not allow this.",
        scopes=tuple(sorted(scopes)),
    )


def authentication_insufficient(
    *, acr_values: tuple[str, ...] = (), max_age: int | None = None
) -> Challenge:
    """Ask for another sign-in: a stronger or a more recent one (RFC 9470 §3)."""
    return Challenge(
        status=401,
        error="insufficient_user_authentication",
        description="A stronger or more recent sign-in is needed.",
        acr_values=acr_values,
        max_age=max_age,
    )


def authorization_insufficient(details: Iterable[Mapping[str, Any]]) -> Challenge:
    """Ask for an approval of this very request; `details` are ready to be sent on."""
    return Challenge(
        status=401,
        error="insufficient_authorization",
        description="This request needs an approval of its own.",
        authorization_details=tuple(details),
    )


def access_denied(*reasons: str) -> Challenge:
    """Tell that policy forbids it. Nothing is offered, since nothing would help."""
    return Challenge(
        status=403, error="access_denied", description="Policy forbids this.", reasons=reasons
    )


def query_invalid(reason: str) -> Challenge:
    """Tell why a query is none that can be permitted. No token would change that."""
    return Challenge(status=400, error="invalid_query", description=reason)


def query_failed(reason: str) -> Challenge:
    """Tell that a permitted query could not be run. No token would change that."""
    return Challenge(status=422, error="failed", description=reason)


def unavailable() -> Challenge:
    """Tell that the provider cannot be asked, so nothing can be permitted."""
    return Challenge(
        status=503,
        error="temporarily_unavailable",
        description="Access cannot be decided right now.",
    )


def answer(challenge: Challenge, form: ChallengeFormat) -> HttpAnswer:
    """Return the response that tells the caller."""
    error, parameter = _remediation(challenge, form.remediation)
    body = {"error": error or "unauthorized", **_told(challenge)}
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    if challenge.status == 503:
        headers.append(("Retry-After", "1"))
    elif challenge.error not in UNCHALLENGED:
        told = _parameters(challenge, error, form) | parameter
        scheme = "DPoP" if challenge.wants_proof else "Bearer"
        headers.append(("WWW-Authenticate", write_challenge(scheme, told)))
    if challenge.authorization_details:
        body["authorization_details"] = list(challenge.authorization_details)
    return HttpAnswer(challenge.status, tuple(headers), json.dumps(body).encode())


def _remediation(challenge: Challenge, form: Remediation) -> tuple[str, dict[str, str]]:
    """Return the error code and the parameter that carries the details, as the draft has them."""
    if not challenge.authorization_details:
        return challenge.error, {}
    if form is Remediation.BODY:
        return "insufficient_authorization_details", {}
    details = {"authorization_details": list(challenge.authorization_details)}
    encoded = encode_base64url(json.dumps(details, separators=(",", ":")).encode())
    if len(encoded) > MAX_PARAMETER_CHARACTERS:
        return challenge.error, {}
    return challenge.error, {"authorization_remediation": encoded}


def _told(challenge: Challenge) -> dict[str, Any]:
    members: dict[str, Any] = {
        "error_description": challenge.description,
        "scope": " ".join(challenge.scopes),
        "acr_values": " ".join(challenge.acr_values),
        "max_age": challenge.max_age,
        "reasons": list(challenge.reasons),
        "reference": challenge.reference,
    }
    return {name: value for name, value in members.items() if value not in ("", None, [])}


def _parameters(challenge: Challenge, error: str, form: ChallengeFormat) -> dict[str, str]:
    members = {
        "error": error,
        "error_description": challenge.description if error else "",
        "scope": " ".join(challenge.scopes),
        "acr_values": " ".join(challenge.acr_values),
        "max_age": "" if challenge.max_age is None else str(challenge.max_age),
        "resource_metadata": form.resource_metadata,
        "algs": " ".join(form.algorithms) if challenge.wants_proof else "",
    }
    return {name: value for name, value in members.items() if value}
