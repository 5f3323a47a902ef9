"""One query from token to report, in the one order that is safe.

token -> sender constraint -> digest -> policy -> atomic consume -> run -> report

Each step can only refuse. What is consumed is never given back: a crash after it leaves the
approval UNKNOWN at the provider, and the query is not run again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scopeward_guard.admission import Admission
from scopeward_guard.asked import AskedQuery, Detail, evaluations_of
from scopeward_guard.authzen import Decision, Evaluation, Policy, Remedy
from scopeward_guard.challenge import (
    Challenge,
    access_denied,
    authentication_insufficient,
    authorization_insufficient,
    request_invalid,
    scope_insufficient,
)
from scopeward_guard.consume import ConsumeAuthority
from scopeward_guard.details import covers, is_query_detail, query_detail
from scopeward_guard.errors import MalformedError, RefusedError
from scopeward_guard.guard import Guard, logger
from scopeward_guard.principal import Principal
from scopeward_guard.request import PresentedRequest


class DeclaredOnly:
    """The policy of a server without one: what `AskedQuery` demands is all there is."""

    def decide(self, evaluation: Evaluation) -> Decision:
        """Permit; the demands are checked in any case."""
        return Decision(permit=True)


class QueryGate:
    """Admits queries. `understands` names the obligations that the caller will carry out."""

    def __init__(
        self,
        guard: Guard,
        *,
        policy: Policy | None = None,
        understands: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        self._policy: Policy = policy or DeclaredOnly()
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
        decision = self._decide(principal, asked, detail, approved, context or {})
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
            query_hash=approved["query_hash"],
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
        self,
        principal: Principal,
        asked: AskedQuery,
        detail: Detail,
        approved: Detail | None,
        context: Detail,
    ) -> Decision:
        now = self._guard.clock()
        evaluations = evaluations_of(principal, asked, approved, context=context, now=now)
        try:
            decisions = [self._policy.decide(evaluation) for evaluation in evaluations]
        except Exception as error:
            logger.exception("policy failed")
            raise RefusedError(access_denied("policy_error")) from error
        for decision in decisions:
            if decision.permit is not True:
                raise RefusedError(_refusal(decision, detail))
        decision = _all_of(decisions)
        if any(duty.id not in self._understands for duty in decision.obligations):
            logger.error("policy demands what this server cannot do: %s", decision.obligations)
            raise RefusedError(access_denied("obligation_not_understood"))
        return decision

    def _check_demands(
        self, principal: Principal, asked: AskedQuery, detail: Detail, approved: Detail | None
    ) -> None:
        unmet = asked.demanded.unmet(principal, now=self._guard.clock())
        if unmet:
            raise RefusedError(unmet)
        # A token for one query is good for no other, even where none would have been needed.
        bound = any(map(is_query_detail, principal.authorization_details))
        if approved is None and (asked.needs_approval or bound):
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


def _refusal(decision: Decision, detail: Detail) -> Challenge:
    remedy = decision.remedy or Remedy()
    if remedy.scopes:
        return scope_insufficient(remedy.scopes)
    if remedy.acr_values or remedy.max_age is not None:
        return authentication_insufficient(acr_values=remedy.acr_values, max_age=remedy.max_age)
    if remedy.approval:
        return authorization_insufficient([detail])
    return access_denied(*decision.reasons)
