"""One query from token to report, in the one order that is safe.

token -> sender constraint -> binding -> policy -> atomic consume -> run -> report

Each step can only refuse. What is consumed is never given back: a crash after it leaves the
approval UNKNOWN at the provider, and the query is not run again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scopeward_guard._authzen import Decision, Policy
from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.binding import covers, detail_digest, is_query_detail
from scopeward_guard._binding.details import query_detail
from scopeward_guard._challenges.challenge import authorization_insufficient, request_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint, DeclaredOnly
from scopeward_guard._gates.admission import Admission, AsyncAdmission, Permission
from scopeward_guard._gates.consume import ConsumeAuthority
from scopeward_guard._gates.query_request import Detail, QueryRequest
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.core import GuardCore
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.steps import Steps
from scopeward_guard._tokens.principal import Principal

NO_SCOPES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Permitted:
    """A query that may run, as soon as what approves it, if anything, is used up."""

    permission: Permission
    approved: Detail | None


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
        permission = Permission(
            principal=principal,
            query=asked.query,
            obligations=decision.obligations,
            policy_rev=decision.policy_rev,
        )
        return Permitted(permission, approved)

    def consume(self, permitted: Permitted) -> Steps[Permission]:
        """Use the approval up, if it takes one; raises `RefusedError`."""
        permission, approved = permitted.permission, permitted.approved
        if approved is None:
            return permission
        approval_id = approved.get("approval_id")
        yield from self.authority.consume(
            approval_id,
            token_id=permission.principal.token_id,
            digest=detail_digest(approved),
        )
        return replace(permission, approval_id=str(approval_id))

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


class QueryGate:
    """Admits queries. `understands` names the obligations that the caller will carry out.

    Without a `policy` the guard's decides, and where it has none, what a query requires is all.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        policy: Policy | None = None,
        understands: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        self._admissions = Admissions(guard, policy, understands)

    def admit(
        self, request: PresentedRequest, query: QueryRequest, *,
        principal: Principal | None = None, context: Detail | None = None,
    ) -> Admission:  # fmt: skip
        """Return the admission to run the query once; raises `RefusedError`.

        `principal` is what `Guard.authenticate` returned for this very request, where it was
        called already; without one it is called. `context` is what policy should know besides, such
        as a ticket number.
        """
        steps = self._admissions.admit(request, query, principal, context)
        permission = self._guard.carry_out(steps)
        return Admission(permission, self._admissions.authority, self._guard.carry_out)


class AsyncQueryGate:
    """`QueryGate`, awaited."""

    def __init__(
        self,
        guard: AsyncGuard,
        *,
        policy: Policy | None = None,
        understands: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        self._admissions = Admissions(guard, policy, understands)

    async def admit(
        self, request: PresentedRequest, query: QueryRequest, *,
        principal: Principal | None = None, context: Detail | None = None,
    ) -> AsyncAdmission:  # fmt: skip
        """Return the admission to run the query once; see `QueryGate.admit`."""
        steps = self._admissions.admit(request, query, principal, context)
        permission = await self._guard.carry_out(steps)
        return AsyncAdmission(permission, self._admissions.authority, self._guard.carry_out)


def approval_for(principal: Principal, detail: Detail) -> Detail | None:
    """Return what in the token approves exactly `detail`. All are compared, whichever fits."""
    fitting = [entry for entry in principal.authorization_details if covers(entry, detail)]
    return fitting[0] if fitting else None


def _all_of(decisions: Sequence[Decision]) -> Decision:
    """Return the permit that demands whatever any of them demands."""
    duties = [duty for decision in decisions for duty in decision.obligations]
    unlike = [duty for place, duty in enumerate(duties) if duty not in duties[:place]]
    return replace(decisions[0], obligations=tuple(unlike))
