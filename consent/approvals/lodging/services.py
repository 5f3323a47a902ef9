"""Taking a request in: stored exactly as it came, with the demands on it, or refused."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from claims.catalogue.details import InexactDetailError, canonical_text, digest_of
from consent.approvals import acts
from consent.approvals.deciders.demands import Demand, keys_of
from consent.approvals.deciders.freshness import raised_by
from consent.approvals.deciders.owners import Owners
from consent.approvals.deciders.rules import (
    DataRequest,
    and_by_policy,
    check_answerable,
    demands_of_policy,
    demands_on,
)
from consent.approvals.models import Approval, AwaitedKey
from consent.approvals.notices import outbox
from consent.approvals.policing import Matter, Ruling, ruling_on
from consent.approvals.terms import ApprovalTerms
from foundation.base.texts.storable import is_storable
from foundation.journal import acts as history
from foundation.journal.acts import Kind
from foundation.journal.context import DecisionContext
from scopeward_guard.vocabulary import canonical, sha256_of

COLUMNS = {
    "type": 255,
    "query_hash": 128,
    "audience": 255,
    "binding_code": 128,
    "txn": 128,
    "policy_rev": 128,
}
"""Columns that hold what comes from outside, and how many characters they hold."""
CODE_SIGNS = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""No vowels, so no words; nothing that is mistaken for something else."""


@dataclass(frozen=True)
class Lodging:
    """What is asked, by whom. `detail` is one `authorization_details` object (RFC 9396 §2)."""

    client_id: int
    requester_id: UUID | None
    """The person; None when the client acts for itself."""
    detail: Mapping[str, Any]
    audience: str
    """The resource server that will be asked to do it."""
    also_at: tuple[str, ...] = ()
    """Other resource servers that it is for, whose rules count too."""
    terms: ApprovalTerms = field(default_factory=ApprovalTerms)
    binding_message: str = ""
    """What the client shows (CIBA Core §7.1); a code is made when there is none."""
    policy_rev: str = ""
    txn: str = ""
    address: str | None = None
    """Where the person asks from; None: unknown."""
    risk: int | None = None
    """Of the person's session, 0 to 100; None: unknown."""
    grant_id: UUID | None = None
    """The grant that its token will point at; it ends with that one."""
    consent_request_id: UUID | None = None
    return_to: str = ""
    """A path of this site where the requester goes on once it is decided."""


@transaction.atomic
def lodge(lodging: Lodging, context: DecisionContext) -> Approval:
    """Store a request that waits for approval, and tell whoever may approve it.

    Raises UnanswerableError (ForbiddenByPolicyError where policy says so) and InexactDetailError;
    ValueError when `return_to` is elsewhere.
    """
    if lodging.return_to and not _is_local(lodging.return_to):
        raise ValueError("return_to must be a path of this site")
    lodging = replace(lodging, address=lodging.address or context.address)
    text = canonical_text(lodging.detail)
    ruling = ruling_of(lodging)
    demands = demands_for(lodging, ruling)
    terms = raised_by(lodging.terms, demands)
    lodging = replace(lodging, policy_rev=lodging.policy_rev or ruling.revision, terms=terms)
    approval = _stored(lodging, text, demands, context)
    AwaitedKey.objects.bulk_create(
        [AwaitedKey(approval=approval, key=key) for key in sorted(keys_of(demands))]
    )
    history.record([acts.of(approval, Kind.QUERY_REQUESTED, context)])
    outbox.tell_approvers(approval, demands)
    return approval


def ruling_of(lodging: Lodging) -> Ruling:
    """Return what policy says of it. Raises ForbiddenByPolicyError."""
    return ruling_on(
        Matter(
            audience=lodging.audience,
            detail=lodging.detail,
            requester_id=lodging.requester_id,
            client_pk=lodging.client_id,
            address=lodging.address,
            risk=lodging.risk,
        )
    )


def demands_for(lodging: Lodging, ruling: Ruling | None = None) -> list[Demand]:
    """Return who has to agree to what may be lodged; raises what `lodge` does when it may not.

    Rules and policy both count: who is named by either has to agree.
    """
    _check_sizes(lodging)
    ruling = ruling or ruling_of(lodging)
    datatypes = [str(name) for name in lodging.detail.get("datatypes") or ()]
    asked = DataRequest(lodging.audience, datatypes, lodging.requester_id, Owners())
    found: dict[Demand, None] = {}
    for audience in (lodging.audience, *lodging.also_at):
        demands = demands_on(str(lodging.detail.get("type", "")), replace(asked, audience=audience))
        found |= dict.fromkeys(demands)
    together = and_by_policy(list(found), demands_of_policy(ruling.approvers, asked))
    check_answerable(together, asked)
    return together


def new_code() -> str:
    """Return a short code for people to compare, such as `KQ7-4TX`."""
    signs = [secrets.choice(CODE_SIGNS) for _ in range(6)]
    return "".join(signs[:3]) + "-" + "".join(signs[3:])


def _stored(
    lodging: Lodging, canonical: str, demands: list[Demand], context: DecisionContext
) -> Approval:
    now = timezone.now()
    return Approval.objects.create(
        requester_id=lodging.requester_id,
        client_id=lodging.client_id,
        type=str(lodging.detail.get("type", "")),
        audience=lodging.audience,
        canonical=canonical,
        detail_digest=digest_of(canonical),
        query_hash=str(lodging.detail.get("query_hash", "")),
        demands=[demand.as_json() for demand in demands],
        terms=lodging.terms.as_json(),
        policy_rev=lodging.policy_rev or _revision_of(demands),
        binding_code=lodging.binding_message or new_code(),
        created_at=now,
        expires_at=now + timedelta(seconds=lodging.terms.pending_seconds),
        txn=lodging.txn or str(uuid4()),
        grant_id=lodging.grant_id,
        consent_request_id=lodging.consent_request_id,
        return_to=lodging.return_to,
        address=lodging.address,
        risk=lodging.risk,
        user_agent=context.user_agent[:300],
    )


def _revision_of(demands: list[Demand]) -> str:
    """Return what stands for the rules as they were found: another when they demand another."""
    said = canonical([demand.as_json() for demand in demands])
    return f"rules:{sha256_of(said)[:16]}"


def _check_sizes(lodging: Lodging) -> None:
    named = {
        "type": str(lodging.detail.get("type", "")),
        "query_hash": str(lodging.detail.get("query_hash", "")),
        "audience": lodging.audience,
        "binding_code": lodging.binding_message,
        "txn": lodging.txn,
        "policy_rev": lodging.policy_rev,
    }
    for column, text in named.items():
        longest = COLUMNS[column]
        if len(text) > longest or not is_storable(text):
            raise InexactDetailError(
                f"The {column} has over {longest} characters, or one of no text."
            )


def _is_local(path: str) -> bool:
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
