"""The steps of both gates: what a query is asked of policy as, and what approves it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from scopeward_guard._authzen import Decision, Policy
from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.binding import covers, detail_digest, is_query_detail
from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query
from scopeward_guard._challenges.challenge import authorization_insufficient, request_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint, DeclaredOnly
from scopeward_guard._gates.admission import Permission
from scopeward_guard._gates.consume import ConsumeAuthority
from scopeward_guard._gates.query_request import Detail, QueryRequest
from scopeward_guard._guard.core import GuardCore
from scopeward_guard._provider.steps import Steps
from scopeward_guard._tokens.principal import Principal

NO_SCOPES: frozenset[str] = frozenset()


class Permitted(NamedTuple):
    """A query that may run, as soon as what approves it, if anything, is used up."""

    principal: Principal
    query: Query
    decision: Decision
    approved: Detail | None

    def permission(self, approval_id: str = "") -> Permission:
        """Return the permission that stands on this approval."""
        return Permission(
            principal=self.principal,
            query=self.query,
            obligations=self.decision.obligations,
            policy_rev=self.decision.policy_rev,
            approval_id=approval_id,
        )


class Admissions:
    """The steps of both gates, for one guard."""

    def __init__(
        self, guard: GuardCore, policy: Policy | None, understands: frozenset[str]
    ) -> None:
        self.guard = guard
        decider = policy or (guard.policy if guard.has_policy else DeclaredOnly())
        self._decisions = DecisionPoint(decider, guard.clock, guard.decision_log)
        self._waits = policy is not None or (guard.has_policy and guard.policy_waits)
        self._understands = understands
        self.authority = ConsumeAuthority(guard.settings.issuer)

    def admit(
        self, request: PresentedRequest, asked: QueryRequest, principal: Principal | None,
        context: Detail | None,
    ) -> Steps[Permission]:  # fmt: skip
        """Return what may be run now, once; raises `RefusedError`."""
        caller = principal or (yield from self.guard.authenticate_steps(request))
        permitted = yield from self.decide(request, asked, caller, context)
        return (yield from self.consume(permitted))

    def decide(
        self, request: PresentedRequest, asked: QueryRequest, principal: Principal,
        context: Detail | None = None,
    ) -> Steps[Permitted]:  # fmt: skip
        """Return what may be run once its approval is used up; raises `RefusedError`."""
        detail = self._detail(asked)
        approved = approval_for(principal, detail)
        facts = RequestContext(address=request.address, approval=approved, properties=context or {})
        decision = yield from self.guard.asking(
            lambda: self._decide(principal, asked, detail, facts), waits=self._waits
        )
        self._check_requirement(principal, asked, detail, approved)
        return Permitted(principal, asked.query, decision, approved)

    def consume(self, permitted: Permitted) -> Steps[Permission]:
        """Use the approval up, if it takes one; raises `RefusedError`."""
        approved = permitted.approved
        if approved is None:
            return permitted.permission()
        approval_id = approved.get("approval_id")
        yield from self.authority.consume(
            approval_id,
            token_id=permitted.principal.token_id,
            digest=detail_digest(approved),
        )
        return permitted.permission(str(approval_id))

    def _detail(self, asked: QueryRequest) -> dict[str, Any]:
        try:
            return query_detail(
                asked.query,
                location=self.guard.settings.resource,
                actions=asked.actions,
                datatypes=asked.all_datatypes,
                purpose=asked.purpose,
            )
        except MalformedError as error:
            raise RefusedError(request_invalid("The query has no canonical form.")) from error

    def _decide(
        self, principal: Principal, asked: QueryRequest, detail: Detail, context: RequestContext
    ) -> Decision:
        point = self._decisions
        questions = [
            point.question(principal, action, asked.resource, context) for action in asked.actions
        ]
        return _all_of([point.settle(each, self._understands, detail) for each in questions])

    def _check_requirement(
        self, principal: Principal, asked: QueryRequest, detail: Detail, approved: Detail | None
    ) -> None:
        # A token for one query is good for no other, even where none would have been needed.
        bound = any(map(is_query_detail, principal.authorization_details))
        is_wanted = approved is None and (asked.needs_approval or bound)
        # An approval of exactly this stands for the scopes: none of them permits as little.
        scopes = NO_SCOPES if approved is not None or is_wanted else asked.requirement.scopes
        unmet = replace(asked.requirement, scopes=scopes).unmet(principal, now=self.guard.clock())
        if unmet:
            raise RefusedError(unmet)
        if is_wanted:
            raise RefusedError(authorization_insufficient([detail]))


def approval_for(principal: Principal, detail: Detail) -> Detail | None:
    """Return what in the token approves exactly `detail`. All are compared, whichever fits."""
    fitting = [entry for entry in principal.authorization_details if covers(entry, detail)]
    return fitting[0] if fitting else None


def _all_of(decisions: Sequence[Decision]) -> Decision:
    """Return the permit that demands whatever any of them demands."""
    duties = [duty for decision in decisions for duty in decision.obligations]
    unlike = [duty for place, duty in enumerate(duties) if duty not in duties[:place]]
    return replace(decisions[0], obligations=tuple(unlike))
