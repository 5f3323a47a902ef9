"""Requests for approval without a browser: who asks, what, and everybody else's answers."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from claims.catalogue.details.defaults import QUERY
from claims.catalogue.models import DataOwner
from claims.services import set_attributes
from consent.approvals.card.contents import shown_digest
from consent.approvals.lodging.services import Lodging, lodge as lodge_approval
from consent.approvals.models import Approval, ApprovalRule, Approvers, VoteOutcome
from consent.approvals.terms import ApprovalTerms
from consent.approvals.use.consuming import Consumption, consume, mint
from consent.approvals.voting import Ballot, vote
from foundation.directory.factors.proofs import Proof, amr_of, strength_of
from foundation.directory.levels import ACR_ONE_FACTOR, acr_of
from foundation.directory.models import Client, User
from foundation.directory.sign_in import SignIn
from foundation.journal.context import DecisionContext
from tests.members import rehashed

WAREHOUSE = "https://warehouse.example"
CONTEXT = DecisionContext(locale="en", address="192.0.2.7", user_agent="Browser")


def a_query(*datatypes: str, **members: Any) -> dict[str, Any]:
    detail = {
        "type": "urn:scopeward:query:1",
        "locations": [WAREHOUSE],
        "actions": ["select"],
        "identifier": "warehouse",
        "datatypes": list(datatypes) or ["hr.employees.salary"],
        "schema_rev": "7",
        "statement": "SELECT salary FROM hr.employees WHERE id = :id",
        "parameters": {"id": 7},
        "hash_alg": "S256",
        "max_rows": 100,
        "purpose": "Yearly review",
        **members,
    }
    return {"query_hash": "A" * 43, **rehashed(detail), **members}


def make_someone(username: str, *roles: str, **columns: Any) -> User:
    names = {"name": username.title(), "email": f"{username}@example.com"}
    person = User.objects.create(username=username, **{**names, **columns})
    if roles:
        set_attributes(person, {"roles": list(roles)})
    return person


def make_rule(who: Approvers, pattern: str = "*", **columns: Any) -> ApprovalRule:
    people = columns.pop("people", [])
    title = columns.pop("title", f"{who} of {pattern}")
    rule = ApprovalRule.objects.create(title=title, who=who, pattern=pattern, **columns)
    rule.people.set(people)
    return rule


def let_ask(client: Client) -> Client:
    """Register a client for queries at the Warehouse."""
    client.resources, client.authorization_details_types = [WAREHOUSE], [QUERY]
    client.save()
    return client


def make_owner(person: User, pattern: str) -> DataOwner:
    return DataOwner.objects.create(resource_server=WAREHOUSE, pattern=pattern, person=person)


def a_sign_in(minutes_ago: int = 0) -> SignIn:
    """Return a sign-in with a password; of whom it is nobody asks who counts votes."""
    since = timezone.now() - timedelta(minutes=minutes_ago)
    return SignIn(
        User(),
        auth_time=since,
        acr=ACR_ONE_FACTOR,
        amr=("pwd",),
        sid="sid",
        proofs=(Proof("password", since),),
    )


def by_passkey() -> SignIn:
    """Return a sign-in with a passkey that has seen who it is."""
    proofs = (Proof("webauthn", timezone.now(), is_verified=True),)
    acr = acr_of(strength_of(proofs))
    return replace(a_sign_in(), acr=acr, amr=amr_of(proofs), proofs=proofs)


def a_ballot(
    approval: Approval, outcome: VoteOutcome = VoteOutcome.APPROVE, **values: Any
) -> Ballot:
    usual = {
        "shown": shown_digest(approval, "en"),
        "sign_in": a_sign_in(),
    }
    return Ballot(outcome, **{**usual, **values})


@dataclass(frozen=True)
class Asking:
    """One client, asking for one person; None: for itself."""

    client: Client
    user: User | None
    terms: ApprovalTerms = field(default_factory=ApprovalTerms)

    def lodge(self, *datatypes: str, **members: Any) -> Approval:
        lodging = Lodging(
            client_id=self.client.pk,
            requester_id=self.user.pk if self.user else None,
            detail=a_query(*datatypes, **members),
            audience=WAREHOUSE,
            terms=self.terms,
        )
        return lodge_approval(lodging, CONTEXT)

    def approved(self, *datatypes: str) -> Approval:
        """Lodge what only the requester has to approve, and approve it."""
        approval = self.lodge(*datatypes)
        assert self.user is not None
        say(approval, self.user)
        return Approval.objects.get(pk=approval.pk)

    def minted(self, jti: str = "token-1") -> Approval:
        approval = self.approved()
        assert mint(approval.pk, jti, timezone.now() + timedelta(seconds=60))
        return Approval.objects.get(pk=approval.pk)


def say(
    approval: Approval, person: User, outcome: VoteOutcome = VoteOutcome.APPROVE, **values: Any
) -> str:
    return vote(approval, person.pk, a_ballot(approval, outcome, **values), CONTEXT)


def use(approval: Approval, jti: str = "token-1", **other: Any) -> Consumption:
    usual = {"detail_digest": approval.detail_digest, "audience": WAREHOUSE}
    return consume(approval.pk, jti=jti, **{**usual, **other})


def state_of(approval: Approval) -> str:
    return Approval.objects.values_list("state", flat=True).get(pk=approval.pk)


def let_run_out(approvals: Collection[Approval]) -> None:
    """Move the end of the present state into the past."""
    past = timezone.now() - timedelta(seconds=1)
    Approval.objects.filter(pk__in=[one.pk for one in approvals]).update(expires_at=past)
