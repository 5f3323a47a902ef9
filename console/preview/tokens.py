"""What tokens would contain, made by the very functions that issue them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from claims.addresses import sharing, verified_addresses
from claims.catalogue.assurance import is_within_reach
from claims.catalogue.scopes import CatalogueEntry, found
from claims.contents import Release, Target, contents
from claims.preview import Origin, origins
from claims.subject import Subject
from consent.grants.selectors import standing_grant, withheld_names
from foundation.base import conf
from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.models import Client, User
from idp.token_requests.audience import targets
from idp.token_requests.scopes import entries_for
from idp.tokens.issue import Authentication, Issue
from idp.tokens.payloads import access_token_payload, id_token_payload, new_jti


@dataclass(frozen=True, slots=True)
class TokenPreview:
    """The three payloads, None where there would be none, and where their claims come from."""

    id_token: Mapping[str, Any] | None
    access_token: Mapping[str, Any]
    userinfo: Mapping[str, Any] | None
    origins: list[Origin]


def permitted_audiences(client: Client, scopes: Collection[str]) -> list[str]:
    """Return the audiences the client may ask access tokens for, the default one first."""
    permitted, default = targets(client, [], scopes)
    return [default, *(audience for audience in permitted if audience != default)]


def build_preview(
    person: User,
    subject: Subject,
    client: Client,
    scopes: tuple[str, ...],
    *,
    audience: str,
    now: datetime,
) -> TokenPreview:
    """Return what a code exchange at `now` would give for a grant of these scopes.

    The sign-in is an example: one factor, at this moment. Whether the person has granted the
    scopes does not matter; when a grant stands, its id is shown, and claims the person left out of
    it are left out here.
    """
    entries = [entry for entry in found(scopes) if is_within_reach(entry, ACR_ONE_FACTOR)]
    grant = standing_grant(person, client)
    if grant is not None:
        is_verified = grant.shared_email in verified_addresses(person.pk)
        subject = sharing(subject, grant.shared_email, is_verified=is_verified)
    issue = Issue(
        client=client,
        audience=audience,
        entries=entries_for(audience, entries),
        now=now,
        subject=subject,
        grant_id=grant.pk if grant else None,
        withheld=withheld_names(grant.withheld_claims) if grant else frozenset(),
        authentication=Authentication(auth_time=now, acr=ACR_ONE_FACTOR, amr=("pwd",)),
    )
    return _payloads(issue, subject, entries)


def _payloads(issue: Issue, subject: Subject, entries: Sequence[CatalogueEntry]) -> TokenPreview:
    """Return what is minted; without `openid` there is no ID token, and userinfo is closed."""
    at_userinfo = {entry.template for entry in entries_for(conf.current().issuer, entries)}
    is_openid = any(entry.name == "openid" for entry in entries)
    release = Release(at_userinfo, withheld=issue.withheld)
    return TokenPreview(
        id_token=id_token_payload(issue) if is_openid else None,
        access_token=access_token_payload(issue, jti=new_jti(issue.family)),
        userinfo=contents(Target.USERINFO, subject, release) if is_openid else None,
        origins=origins(subject, {entry.template for entry in entries}, issue.withheld),
    )
