"""What the provider permits when it mints, the resource server permits when it is used.

They decide by facts of two kinds: the provider by what it knows, the guard by what is in the token.
Every question that Cedar, AuthZEN and OPA are asked is asked of both, with real people and the real
payload of a token that has nothing but `openid`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from claims import subject as subjects
from claims.attributes import definitions
from claims.catalogue.details import canonical_text
from claims.catalogue.scopes import found
from consent.approvals.errors import ForbiddenByPolicyError
from consent.approvals.models import Approval
from consent.approvals.policing import Matter, ruling_on, still_permits
from consent.approvals.sensitive_data import SensitiveData, protect
from foundation.base import conf
from foundation.directory.models import Client
from idp.tokens.issue import Authentication, Issue
from idp.tokens.payloads import access_token_payload
from policy.selectors import policy_for
from scopeward_guard._authzen import Decision
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint
from scopeward_guard._gates.admissions import approval_for
from scopeward_guard._tokens.principal import Expectation, principal_from
from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.cedar._language.document import parse_document
from tests.factories import WAREHOUSE, make_client, make_person, make_resource_server
from tests.flows.approvals.warehouse import detail_of
from tests.opa import test_agreement
from tests.opa.questions import PEOPLE, STRONG, Asked, questions
from tests.policies import put_in_force

QUERIES = [asked for asked in questions() if asked.operation.query is not None]
EVERYTHING = ("openid", "roles", "department", "projects", "clearance")


@dataclass(frozen=True)
class Both:
    """Provider and guard, before the same people."""

    policy: CedarPolicy
    client: Client
    people: Mapping[str, UUID | None]

    def at_mint(self, asked: Asked) -> bool:
        approval = Approval(
            audience=WAREHOUSE,
            canonical=canonical_text(self.detail(asked)),
            requester_id=self.people[asked.subject],
            client=self.client,
        )
        return still_permits(approval)

    def at_lodging(self, asked: Asked) -> bool:
        requester = self.people[asked.subject]
        matter = Matter(WAREHOUSE, self.detail(asked), requester, self.client.pk)
        try:
            ruling_on(matter)
        except ForbiddenByPolicyError:
            return False
        return True

    def at_use(self, asked: Asked, *scopes: str, approved: bool) -> Decision:
        """Return the guard's decision about a token that has these scopes."""
        query, principal = asked.operation.query, self._principal(asked, scopes, approved)
        assert query is not None
        found = approval_for(principal, self.detail(asked))
        assert (found is not None) is approved
        point, context = DecisionPoint(self.policy, time.time), RequestContext(approval=found)
        resource = asked.operation.resource
        return self.policy.decide(
            point.question(principal, asked.operation.action, resource, context)
        )

    def detail(self, asked: Asked) -> dict[str, Any]:
        assert asked.operation.query is not None
        return detail_of(asked.operation.query)

    def _principal(self, asked: Asked, scopes: tuple[str, ...], approved: bool) -> Any:
        key = self.people[asked.subject]
        enriched = {**self.detail(asked), "approval_id": str(uuid4())}
        issue = Issue(
            client=self.client,
            audience=WAREHOUSE,
            entries=found(scopes),
            now=timezone.now(),
            subject=subjects.load(key) if key else None,
            authentication=Authentication(timezone.now(), STRONG),
            authorization_details=(enriched,) if approved else (),
        )
        payload = json.loads(json.dumps(access_token_payload(issue, jti="j")))
        expected = Expectation(issuer=conf.current().issuer, audience=WAREHOUSE)
        return principal_from(payload, expected, now=time.time())


@pytest.fixture
def both(_provider: None) -> Both:
    make_resource_server()
    levels = test_agreement.LEVELS.items()
    protect(
        WAREHOUSE,
        "",
        [SensitiveData(pattern=f"{n}.*", level=level, label=n) for n, level in levels],
    )
    put_in_force(WAREHOUSE, Path(test_agreement.__file__).with_name("agreement.cedar").read_text())
    in_force = policy_for(WAREHOUSE)
    assert in_force is not None
    sent = json.loads(json.dumps(in_force.document.as_json()))
    client, _ = make_client()
    people = {name: _person(name, facts) for name, facts in PEOPLE.items()}
    return Both(CedarPolicy(parse_document(sent)), client, people)


def _person(name: str, facts: Mapping[str, Any]) -> UUID | None:
    """Return the key of a person of whom this is known; None for a program."""
    if "client_id" in facts:
        return None
    levels = definitions()["clearance"].levels
    attributes = {**facts}
    if "clearance" in facts:
        attributes["clearance"] = levels[facts["clearance"]]
    key: UUID = make_person(username=name, attributes=attributes).pk
    return key


def test_every_query_is_decided_alike_at_lodging_at_mint_and_at_use(both: Both) -> None:
    decided = []
    for asked in QUERIES:
        minted = both.at_mint(asked)
        used = both.at_use(asked, "openid", approved=True)
        assert (both.at_lodging(asked), used.permit) == (minted, minted), f"{asked}: {used}"
        decided.append(minted)

    assert len(QUERIES) + 144 == len(list(questions())) == 348
    assert 40 < sum(decided) < len(decided) - 40


def test_no_query_that_would_be_minted_ends_before_it_is_asked_for(both: Both) -> None:
    """Whatever a token tells, its bearer learns of a way on wherever there is one."""
    for asked in QUERIES:
        untold = both.at_use(asked, "openid", approved=False)
        told = both.at_use(asked, *EVERYTHING, approved=False)
        if both.at_mint(asked):
            assert untold.permit or untold.remedy, f"{asked}: {untold}"
        # With all facts told, an approval is asked for exactly where it would be minted.
        if told.remedy and told.remedy.approval:
            assert both.at_mint(asked), f"{asked}: {told}"
