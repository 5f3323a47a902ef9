"""What is inside our tokens: protocol facts here, facts about people from `claims.contents`."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Set
from typing import Any
from uuid import UUID

from claims.contents import Release, Target, claims_of, contents
from claims.facts import facts_named
from claims.names.standard import CLAIMS
from claims.subject import Subject
from consent.approvals.card.facts import told_with
from foundation.base import conf
from foundation.directory.models import Client
from idp.tokens.access_token_form import standard_claims_for
from idp.tokens.issue import Authentication, Issue
from idp.tokens.size import moved, without_moved
from scopeward_guard.vocabulary import encode_base64url

EMPTY: tuple[object, ...] = (None, "", [], (), {})


def new_jti(family: UUID | None) -> str:
    """Return a token id. It begins with its family's id, so a family can be revoked at once."""
    unique = secrets.token_hex(12)
    return f"{family.hex}.{unique}" if family else unique


def family_of(jti: str) -> UUID | None:
    """Return the id of the family a token belongs to, None for a client's own token."""
    family, dot, _ = jti.partition(".")
    return UUID(family) if dot else None


def access_token_payload(issue: Issue, *, jti: str) -> dict[str, Any]:
    """Return the claims of an access token (RFC 9068 §2.2), filtered for its one audience."""
    settings = conf.current()
    issued_at = int(issue.now.timestamp())
    protocol = {
        "iss": settings.issuer,
        "sub": issue.subject_id,
        "aud": issue.audience,
        "exp": issued_at + issue.access_token_lifetime,
        "iat": issued_at,
        "jti": jti,
        "client_id": issue.client.client_id,
        "scope": " ".join(issue.scopes),
        "grant_id": str(issue.grant_id) if issue.grant_id else None,
        "authorization_details": list(issue.authorization_details),
        "txn": issue.txn,
        "act": dict(issue.actor),
        "cnf": dict(issue.cnf),
        **_authentication_claims(issue.authentication),
    }
    payload = contents(
        Target.ACCESS_TOKEN,
        issue.subject,
        Release(
            issue.templates,
            wanted=standard_claims_for(issue.audience),
            withheld=issue.withheld,
        ),
        protocol=_without_empty(protocol),
    )
    told = told_with(issue.authorization_details, issue.audience)
    # What scopes release and what an approval takes are the same facts, the latter left out or not.
    return {**facts_named(issue.subject, told), **payload} if issue.subject and told else payload


def id_token_payload(issue: Issue, *, access_token: str = "") -> dict[str, Any]:
    """Return the claims of an ID token (OIDC Core §2, §3.1.3.6)."""
    settings = conf.current()
    issued_at = int(issue.now.timestamp())
    protocol = {
        "iss": settings.issuer,
        "sub": issue.subject_id,
        "aud": issue.client.client_id,
        "exp": issued_at + settings.id_token_lifetime,
        "iat": issued_at,
        "nonce": issue.nonce,
        "at_hash": left_half_hash(access_token) if access_token else None,
        **_authentication_claims(issue.authentication),
    }
    templates = issue.templates
    payload = contents(
        Target.ID_TOKEN,
        issue.subject,
        Release(
            templates | issue.single_claims,
            withheld=issue.withheld,
            requested_claims=_asked_of_id_token(issue.client, templates, issue.requested_claims),
        ),
        protocol=_without_empty(protocol),
    )
    return without_moved(payload, protocol)


def userinfo_payload(
    client: Client,
    subject: Subject,
    templates: Set[str],
    requested_claims: Mapping[str, Any],
    withheld: Collection[str],
    single_claims: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return the userinfo answer (OIDC Core §5.3.2), with what an ID token has no room for.

    `templates` are the names of the scopes in the catalogue.
    """
    answer = contents(
        Target.USERINFO,
        subject,
        Release(templates | single_claims, requested_claims=requested_claims, withheld=withheld),
    )
    in_id_token = contents(
        Target.ID_TOKEN,
        subject,
        Release(
            templates | single_claims,
            requested_claims=_asked_of_id_token(client, templates, requested_claims),
            withheld=withheld,
        ),
    )
    away = moved(in_id_token, ("sub",)) - answer.keys()
    return {**answer, **{name: in_id_token[name] for name in away}}


def _asked_of_id_token(
    client: Client, templates: Collection[str], requested: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the `claims` parameter, with every standard claim where the client is registered so.

    OIDC Core §5.4: where there is an access token they are in userinfo, which some never ask. These
    are what the scopes release there, and what is asked for there one by one.
    """
    if not client.claims_in_id_token:
        return requested
    there = requested.get(Target.USERINFO) or {}
    wanted = {claim: None for scope in templates for claim in claims_of(scope)} | there
    standard = {claim: wish for claim, wish in wanted.items() if claim in CLAIMS}
    return {**requested, Target.ID_TOKEN: {**standard, **(requested.get(Target.ID_TOKEN) or {})}}


def left_half_hash(value: str) -> str:
    """Return `at_hash` for the SHA-256 algorithms (OIDC Core §3.1.3.6)."""
    digest = hashlib.sha256(value.encode("ascii")).digest()
    return encode_base64url(digest[:16])


def _authentication_claims(facts: Authentication) -> dict[str, Any]:
    return {
        "auth_time": int(facts.auth_time.timestamp()) if facts.auth_time else None,
        "acr": facts.acr,
        "amr": list(facts.amr),
        "sid": facts.sid,
    }


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in EMPTY}
