"""From an `Issue` to the answer of the token endpoint (RFC 6749 §5.1, OIDC Core §3.1.3.3)."""

import secrets
from datetime import timedelta
from typing import Any

from foundation.base.keys.ring import key_ring
from foundation.base.secrets import digest
from foundation.directory.models.client_choices import TokenFormat
from idp.models import AccessToken
from idp.tokens.access_token_form import form_for
from idp.tokens.issue import Issue
from idp.tokens.payloads import access_token_payload, id_token_payload, new_jti
from idp.tokens.size import LONGEST_ACCESS_TOKEN

ACCESS_TOKEN_URN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
"""RFC 8693 §3."""
ID_TOKEN_TYP = "JWT"  # noqa: S105


def token_response(issue: Issue) -> dict[str, Any]:
    """Sign what the issue allows and return the members of the JSON answer."""
    access_token = issue_access_token(issue)
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": issue.token_type,
        "expires_in": issue.access_token_lifetime,
        "scope": " ".join(issue.scopes),
    }
    if issue.grant_id:
        # Grant Management §5.5: every grant can be managed, however it came to be.
        answer["grant_id"] = str(issue.grant_id)
    if issue.refresh_token:
        answer["refresh_token"] = issue.refresh_token
    if issue.subject and "openid" in issue.scopes:
        answer["id_token"] = sign_id_token(issue, access_token)
    if issue.authorization_details:
        # RFC 9396 §7: the granted details are returned.
        answer["authorization_details"] = list(issue.authorization_details)
    return answer


def exchange_response(issue: Issue) -> dict[str, Any]:
    """Sign an access token for one that was exchanged, and return the answer (RFC 8693 §2.2.1)."""
    answer: dict[str, Any] = {
        "access_token": issue_access_token(issue),
        "issued_token_type": ACCESS_TOKEN_URN,
        "token_type": issue.token_type,
        "expires_in": issue.access_token_lifetime,
        "scope": " ".join(issue.scopes),
    }
    if issue.authorization_details:
        answer["authorization_details"] = list(issue.authorization_details)
    return answer


def issue_access_token(issue: Issue) -> str:
    """Return a new access token: a JWT, or an opaque one with a row.

    Opaque for clients that want it, and where a JWT would not fit into what servers take.
    """
    jti = issue.jti or new_jti(issue.family)
    if issue.client.access_token_format == TokenFormat.OPAQUE:
        return _store_opaque(issue, jti)
    payload = access_token_payload(issue, jti=jti)
    form = form_for(issue.audience)
    token = key_ring().signer(form.algorithm).sign(payload, typ=form.typ)
    return token if len(token) <= LONGEST_ACCESS_TOKEN else _store_opaque(issue, jti)


def sign_id_token(issue: Issue, access_token: str) -> str:
    """Return the ID token, signed as the client registered."""
    signer = key_ring().signer(issue.client.id_token_signed_response_alg)
    return signer.sign(id_token_payload(issue, access_token=access_token), typ=ID_TOKEN_TYP)


def _store_opaque(issue: Issue, jti: str) -> str:
    token = secrets.token_urlsafe(32)
    facts = issue.authentication
    AccessToken.objects.create(
        token_checksum=digest(token),
        jti=jti,
        user_id=issue.subject.id if issue.subject else None,
        application_id=issue.client.pk,
        family_id=issue.family_pk,
        grant_id=issue.grant_id,
        expires=issue.now + timedelta(seconds=issue.access_token_lifetime),
        scope=" ".join(issue.scopes),
        resource=[issue.audience],
        sid=facts.sid,
        auth_time=facts.auth_time,
        acr=facts.acr,
        amr=list(facts.amr),
        cnf=dict(issue.cnf),
        authorization_details=list(issue.authorization_details),
        requested_claims=dict(issue.requested_claims),
        actor=dict(issue.actor),
    )
    return token
