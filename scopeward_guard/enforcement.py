"""One query from token to report, in the one order that is safe.

token -> sender constraint -> binding -> policy -> atomic consume -> run -> report

Each step can only refuse. What is consumed is never given back: a crash after it leaves the
approval UNKNOWN at the provider, and the query is not run again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scopeward_guard.admission import Admission
from scopeward_guard.asked import AskedQuery, Detail
from scopeward_guard.authzen import Decision, Policy
from scopeward_guard.binding import covers, detail_digest, is_query_detail
from scopeward_guard.challenge import authorization_insufficient, request_invalid
from scopeward_guard.consume import ConsumeAuthority
from scopeward_guard.deciding import DecisionPoint, DeclaredOnly
from scopeward_guard.details import query_detail
from scopeward_guard.errors import MalformedError, RefusedError
from scopeward_guard.guard import Guard
from scopeward_guard.moment import Moment
from scopeward_guard.principal import Principal
from scopeward_guard.request import PresentedRequest

NO_SCOPES: frozenset[str] = frozenset()


class QueryGate:
    """Admits queries. `understands` names the obligations that the caller will carry out.

    Without a `policy` the guard's decides, and where it has none, what a query demands is all.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        policy: Policy | None = None,
        understands: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        decider = policy or (guard.policy if guard.has_policy else DeclaredOnly())
        self._decisions = DecisionPoint(decider, guard.clock, guard.decision_log)
        self._understands = understands
        self._authority = ConsumeAuthority(guard.provider)

    def admit(
        self, request: PresentedRequest, asked: AskedQuery, *, context: Detail | None = None
    ) -> Admission:
        """Return the admission to run the query once; raises `RefusedError`.

        `context` is what policy should know of the moment, such as the caller's address.
        """
        principal = self._guard.authenticate(request)
        detail = self._detail(asked)
        approved = approval_for(principal, detail)
        moment = Moment(address=request.address, approved=approved, said=context or {})
        decision = self._decide(principal, asked, detail, moment)
        self._check_demands(principal, asked, detail, approved)
        admission = Admission(
            principal=principal,
            query=asked.query,
            obligations=decision.obligations,
            policy_rev=decision.policy_rev,
            approval_id="",
            authority=self._authority,
        )
        return self._consumed(admission, approved) if approved else admission

    def _consumed(self, admission: Admission, approved: Detail) -> Admission:
        approval_id = approved.get("approval_id")
        self._authority.consume(
            approval_id,
            token_id=admission.principal.token_id,
            digest=detail_digest(approved),
        )
        return admission.with_approval(str(approval_id))

    def _detail(self, asked: AskedQuery) -> dict[str, Any]:
        try:
            return query_detail(
                asked.query,
                location=self._guard.settings.resource,
                actions=asked.actions,
                datatypes=asked.all_datatypes,
                purpose=asked.purpose,
            )
        except MalformedError as error:
            raise RefusedError(request_invalid("The query has no canonical form.")) from error

    def _decide(
        self, principal: Principal, asked: AskedQuery, detail: Detail, moment: Moment
    ) -> Decision:
        point = self._decisions
        questions = [
            point.question(principal, action, asked.resource, moment) for action in asked.actions
        ]
        return _all_of([point.settle(each, self._understands, detail) for each in questions])

    def _check_demands(
        self, principal: Principal, asked: AskedQuery, detail: Detail, approved: Detail | None
    ) -> None:
        # A token for one query is good for no other, even where none would have been needed.
        bound = any(map(is_query_detail, principal.authorization_details))
        is_wanted = approved is None and (asked.needs_approval or bound)
        # An approval of exactly this stands for the scopes: none of them permits as little.
        scopes = NO_SCOPES if approved is not None or is_wanted else asked.demanded.scopes
        unmet = replace(asked.demanded, scopes=scopes).unmet(principal, now=self._guard.clock())
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
