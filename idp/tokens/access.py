"""Access tokens that are presented to us: what they are, and whether they still count."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from claims.catalogue.scopes import found
from consent.approvals.use.minting import in_force
from foundation.base import conf
from foundation.base.keys.ring import key_ring
from foundation.base.keys.signing import verify
from foundation.directory.models import Client
from foundation.directory.models.client_choices import AccessTokenTyp
from foundation.directory.registry import find_client, find_client_by_pk
from idp.models import RevokedAccessToken
from idp.tokens.access_token_form import OURS, form_for
from idp.tokens.families import lookup
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.issue import Issue
from idp.tokens.payloads import access_token_payload, family_of
from idp.tokens.presented import PresentedToken
from scopeward_guard.jose import BadTokenError


def read_access_token(
    token: str, *, now: datetime | None = None, with_person: bool = True
) -> PresentedToken | None:
    """Return a live access token, None for anything else. At most one statement.

    Without the person a JWT's statement is a short one, and its `subject` cannot be asked for: for
    whoever only wants to know that what it says still holds.

    Live means: signed by us or stored by us, unexpired, not revoked, its client and person
    active, its family and grant standing, every scope of it still granted, its audience, scopes and
    details still open to the client, and one of those details neither used nor ended. What was
    approved takes one statement more.
    """
    now = now or timezone.now()
    if token.count(".") == 2:
        presented = _read_jwt(token, now, lookup.by_jti if with_person else lookup.stands_by_jti)
    else:
        presented = _read_opaque(token, now)
    if presented is None or not presented.is_open_to_its_client:
        return None
    if presented.standing is None:
        return _with_details_in_force(presented)
    standing = presented.standing
    if not standing.is_alive_for(presented.client):
        return None
    live = standing.live_entries(presented.scopes, presented.client, now)
    if len(live) != len(presented.scopes):
        return None
    return _with_details_in_force(presented)


def _with_details_in_force(presented: PresentedToken) -> PresentedToken | None:
    """Leave out the details that have been used; None when one was revoked, or none is left."""
    held = presented.payload.get("authorization_details", [])
    left = in_force(held, jti=presented.payload["jti"])
    if left is None or (held and not left):
        return None
    if len(left) == len(held):
        return presented
    return replace(presented, payload={**presented.payload, "authorization_details": left})


def verified_payload(token: str) -> dict[str, Any] | None:
    """Return the payload of a JWT access token that we signed, expired or not. No statement."""
    payload = _signed_payload(token, OURS.typ) or _payload_of_plain_jwt(token)
    return payload if payload and payload.get("iss") == conf.current().issuer else None


def _payload_of_plain_jwt(token: str) -> dict[str, Any] | None:
    """Read a token of the type JWT, for a resource server that is registered to get such ones.

    ID tokens have that type too (RFC 8725 §3.11), so it takes more to be told apart: theirs is the
    audience of a client, whose id cannot be the URI that a resource server is.
    """
    payload = _signed_payload(token, AccessTokenTyp.JWT.value)
    audience = payload.get("aud") if payload else None
    if payload is None or not isinstance(audience, str):
        return None
    if form_for(audience).typ != AccessTokenTyp.JWT:
        return None
    return payload if "client_id" in payload and "jti" in payload else None


def _signed_payload(token: str, typ: str) -> dict[str, Any] | None:
    try:
        return verify(token, typ=typ, verifiers=key_ring().verifiers)
    except BadTokenError:
        return None


def _read_jwt(
    token: str, now: datetime, by_jti: Callable[..., FamilyStanding | None]
) -> PresentedToken | None:
    payload = verified_payload(token)
    if payload is None or payload["exp"] <= now.timestamp():
        return None
    client = find_client(payload["client_id"])
    if client is None:
        return None
    family = family_of(payload["jti"])
    if family is None:
        if RevokedAccessToken.objects.filter(jti=payload["jti"]).exists():
            return None
        return PresentedToken(payload, client)
    standing = by_jti(family, jti=payload["jti"])
    if standing is None:
        return None
    return PresentedToken(payload, client, standing)


def _read_opaque(token: str, now: datetime) -> PresentedToken | None:
    standing = lookup.by_opaque_token(token)
    if standing is None or standing.row["expires"] <= now:
        return None
    client = find_client_by_pk(standing.row["application"])
    if client is None:
        return None
    payload = access_token_payload(_issue_behind(standing, client), jti=standing.row["jti"])
    payload["exp"] = int(standing.row["expires"].timestamp())
    return PresentedToken(payload, client, standing if standing.has_person else None)


def _issue_behind(standing: FamilyStanding, client: Client) -> Issue:
    """Return what an opaque token stands for; its claims are today's, not those of its issue."""
    row = standing.row
    return Issue(
        client=client,
        audience=row["resource"][0],
        entries=found(row["scope"].split()),
        now=row["created"],
        actor=row["actor"],
        cnf=row["cnf"],
        **standing.issue_facts(row["authorization_details"]),
    )
