"""grant_type=…:token-exchange (RFC 8693 §2): a token for a narrower one, never for a wider one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from claims.catalogue.details import for_audience
from claims.catalogue.scopes import found
from consent.approvals.use.minting import Minting, mint_details
from foundation.base import conf
from foundation.directory.models import Client
from idp.errors import InvalidAuthorizationDetailsError, InvalidRequestError, InvalidTargetError
from idp.token_requests.audience import audience_for, targets
from idp.token_requests.exchanged_details import Exchanged, exchanged_details
from idp.token_requests.request import TokenRequest
from idp.token_requests.scopes import entries_for, narrowed
from idp.tokens.access import read_access_token
from idp.tokens.families import minting, store as families
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue
from idp.tokens.issuing import ACCESS_TOKEN_URN
from idp.tokens.payloads import family_of, new_jti
from idp.tokens.presented import PresentedToken
from idp.tokens.single_use import terms_of


def issue_for_exchange(request: TokenRequest, client: Client) -> Issue:
    """Exchange an access token of the client, for no refresh token; raises `OAuthError`."""
    subject = subject_token(request, client)
    actor = actor_of(request, subject)
    exchanged = exchanged_details(request, subject)
    issue = issue_for(request, subject, exchanged, actor)
    commit(subject, issue, exchanged)
    return issue


def subject_token(request: TokenRequest, client: Client) -> PresentedToken:
    """RFC 8693 §2.1, §2.2.2: a live access token that was given to this very client.

    What is good for one use is used at its resource server, and multiplied nowhere.
    """
    if request.form.get("requested_token_type", ACCESS_TOKEN_URN) != ACCESS_TOKEN_URN:
        raise InvalidRequestError("Only access tokens are issued here.")
    subject = _presented(request, "subject_token")
    if subject is None or subject.client.client_id != client.client_id:
        raise InvalidRequestError("The subject_token is invalid, expired or not this client's.")
    if terms_of(subject.payload.get("authorization_details", ())).are_for_one_use:
        raise InvalidRequestError("The subject_token is good for one use.")
    return subject


def actor_of(request: TokenRequest, subject: PresentedToken) -> Mapping[str, Any]:
    """RFC 8693 §2.1, §4.1: who acts from now on, with who acted before inside; empty: nobody else.

    An actor is a client, such as an agent: the `actor_token` is its own, without a person, and made
    for us or for whoever presents it. A resource server that was called with an agent's token could
    name that agent as the actor otherwise.
    """
    before = subject.payload.get("act", {})
    form = request.form
    if "actor_token" not in form:
        if "actor_token_type" in form:
            raise InvalidRequestError("actor_token_type comes with an actor_token.")
        return dict(before)
    actor = _presented(request, "actor_token")
    if actor is None or actor.subject is not None:
        raise InvalidRequestError("The actor_token is not a valid token of a client itself.")
    if not _is_for(actor, subject.client):
        raise InvalidRequestError("The actor_token is for somebody else: ask one for the issuer.")
    return {"sub": actor.payload["sub"], **({"act": before} if before else {})}


def _is_for(actor: PresentedToken, presenter: Client) -> bool:
    """RFC 8693 §1.1: whether the actor gave the token away to be presented here, by this client."""
    if actor.client.pk == presenter.pk:
        return True
    meant = {conf.current().issuer, presenter.client_id, presenter.resource_server} - {""}
    return actor.payload["aud"] in meant


def issue_for(
    request: TokenRequest, subject: PresentedToken, exchanged: Exchanged, actor: Mapping[str, Any]
) -> Issue:
    """Return what the new token is made from: at most what the old one holds, and as long."""
    now = timezone.now()
    scopes = narrowed(request, subject.scopes)
    terms = terms_of(exchanged.all)
    permitted, _ = targets(subject.client, _resources(subject), scopes)
    if terms.are_for_one_use:
        permitted = [terms.audience]
    named = terms_of(exchanged.approved).audience
    default = named if named in permitted else subject.payload["aud"]
    audience = audience_for(_with_audience(request), permitted=permitted, default=default)
    family = family_of(subject.payload["jti"]) if subject.standing else None
    left = int((datetime.fromtimestamp(subject.payload["exp"], UTC) - now).total_seconds())
    carried = for_audience(exchanged.all, audience)
    facts = _facts(subject, carried)
    usual = Issue(client=subject.client, audience=audience, now=now, **facts)
    return Issue(
        client=subject.client,
        audience=audience,
        entries=entries_for(audience, found(scopes)),
        now=now,
        jti=new_jti(family),
        lifetime=max(1, min(terms_of(carried).lifetime or usual.access_token_lifetime, left)),
        actor=actor,
        cnf=request.cnf,
        **facts,
    )


@transaction.atomic
def commit(subject: PresentedToken, issue: Issue, exchanged: Exchanged) -> None:
    """Use up the approvals that the token is for, and note it, or neither of them."""
    if subject.standing is not None:
        try:
            families.hold_still(subject.standing)
        except LostRaceError:
            raise InvalidRequestError("The subject_token has just been revoked.") from None
        minting.note_exchange(subject.standing, issue)
    ends_at = issue.now + timedelta(seconds=issue.access_token_lifetime)
    # What goes into no token is not used up.
    minted = for_audience(exchanged.approved, issue.audience)
    if not mint_details(minted, Minting(issue.jti, ends_at, ends_at)):
        raise InvalidAuthorizationDetailsError("The approval has just been used or ended.")


def _presented(request: TokenRequest, name: str) -> PresentedToken | None:
    """RFC 8693 §2.1: a token and, always beside it, its type."""
    if request.required(f"{name}_type") != ACCESS_TOKEN_URN:
        raise InvalidRequestError(f"The only {name}_type supported is {ACCESS_TOKEN_URN}.")
    return read_access_token(request.required(name))


def _resources(subject: PresentedToken) -> list[str]:
    return list(subject.standing.get("resource")) if subject.standing else []


def _with_audience(request: TokenRequest) -> TokenRequest:
    """RFC 8693 §2.1: `audience` names a target as `resource` does; here both are its URI."""
    target = request.form.get("audience", "")
    if not target or set(request.resource) == {target}:
        return request
    if request.resource:
        raise InvalidTargetError("An access token is for one target.")
    return replace(request, resource=(target,))


def _facts(subject: PresentedToken, details: list[dict[str, Any]]) -> dict[str, Any]:
    if subject.standing is None:
        return {"authorization_details": tuple(details)}
    return subject.standing.issue_facts(details)
