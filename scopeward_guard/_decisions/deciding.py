"""Asking policy, and what its answer means for a caller: the one way for queries and all else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from scopeward_guard._authzen import Decision, Entity, Evaluation, Policy, Remedy
from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._base.log import logger
from scopeward_guard._challenges.challenge import (
    Challenge,
    access_denied,
    authentication_insufficient,
    authorization_insufficient,
    scope_insufficient,
    unavailable,
)
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._tokens.principal import Principal

T = TypeVar("T")
Detail = Mapping[str, Any]
OnDecision = Callable[[Evaluation, Decision], str]
NOTHING: frozenset[str] = frozenset()


class DeclaredOnly:
    """The policy of a server without one: what an operation demands is all there is."""

    def decide(self, evaluation: Evaluation) -> Decision:
        """Permit; the demands are checked in any case."""
        return Decision(permit=True)


class Undecided:
    """The policy of a guard that has none: there is nobody to permit anything."""

    def decide(self, evaluation: Evaluation) -> Decision:
        """Raise `RuntimeError`: this server is not set up for what it does."""
        raise RuntimeError("no policy: set GuardSettings.policy, or give one to the Guard")


class DecisionPoint:
    """Puts questions to a policy, at the moment that `clock` says (seconds since 1970).

    `on_decision` is told of every decision about a request and returns its reference.
    """

    def __init__(
        self, policy: Policy, clock: Callable[[], float], on_decision: OnDecision | None = None
    ) -> None:
        self._policy, self._clock, self._on_decision = policy, clock, on_decision

    def decide(
        self, principal: Principal, action: str, resource: Entity, context: RequestContext,
        understands: frozenset[str] = NOTHING,
    ) -> Decision:  # fmt: skip
        """Return the permit; raises `RefusedError` with what to tell the caller.

        `understands` names the obligations that whoever asks will carry out.
        """
        return self.settle(self.question(principal, action, resource, context), understands)

    def settle(
        self, evaluation: Evaluation, understands: frozenset[str], detail: Detail | None = None
    ) -> Decision:
        """Return a permit whose obligations are understood; raises `RefusedError` for any other.

        `detail` is what an approval would be asked for.
        """
        try:
            decision = self.answer(evaluation)
            unmet = _unmet(decision, understands, detail)
        except RefusedError as error:
            decision, unmet = Decision(permit=False), error.challenge
        if unmet is None:
            self._reference(evaluation, decision)
            return decision
        said = decision.reasons or unmet.reasons or (unmet.description,)
        denial = replace(decision, permit=False, reasons=said)
        raise RefusedError(replace(unmet, reference=self._reference(evaluation, denial)))

    def permitted(
        self, principal: Principal, action: str, resources: Iterable[tuple[T, Entity]],
        context: RequestContext,
    ) -> list[T]:  # fmt: skip
        """Return those of several things whose resources are permitted, without obligations.

        Raises `RefusedError` only when nothing can be decided at all.
        """
        return [
            thing
            for thing, resource in resources
            if _is_plain(self.answer(self.question(principal, action, resource, context)))
        ]

    def question(
        self, principal: Principal, action: str, resource: Entity, context: RequestContext
    ) -> Evaluation:
        """Return the question (AuthZEN 1.0 §6.1), at this moment."""
        return context.question(principal, action, resource, now=self._clock())

    def _reference(self, evaluation: Evaluation, decision: Decision) -> str:
        if self._on_decision is None:
            return ""
        try:
            return self._on_decision(evaluation, decision)
        except Exception:  # noqa: BLE001 - whatever the log does, the decision stands
            logger.exception("a decision is not logged")
            return ""

    def answer(self, evaluation: Evaluation) -> Decision:
        """Return the decision, a denial too; raises `RefusedError` where there is none."""
        try:
            return self._policy.decide(evaluation)
        except UnavailableError as error:
            logger.warning("nothing can be decided: %s", error)
            raise RefusedError(unavailable()) from error
        except Exception as error:
            logger.exception("policy failed")
            raise RefusedError(access_denied("policy_error")) from error


def _unmet(
    decision: Decision, understands: frozenset[str], detail: Detail | None
) -> Challenge | None:
    if decision.permit is not True:
        return refusal_of(decision, detail)
    if any(duty.id not in understands for duty in decision.obligations):
        logger.error("policy demands what this server cannot do: %s", decision.obligations)
        return access_denied("obligation_not_understood")
    return None


def refusal_of(decision: Decision, detail: Detail | None = None) -> Challenge:
    """Return what to tell about a denial. `detail` is what an approval would be asked for."""
    remedy = decision.remedy or Remedy()
    if remedy.scopes:
        return scope_insufficient(remedy.scopes)
    if remedy.acr_values or remedy.max_age is not None:
        return authentication_insufficient(acr_values=remedy.acr_values, max_age=remedy.max_age)
    if remedy.approval and detail is not None:
        return authorization_insufficient([detail])
    return access_denied(*decision.reasons)


def _is_plain(decision: Decision) -> bool:
    return decision.permit is True and not decision.obligations
