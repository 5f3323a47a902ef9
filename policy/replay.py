"""A version against real decisions, to see for whom it would change anything."""

from dataclasses import dataclass

from policy.checking import document_of
from policy.decision_log.selectors import LoggedQuestion, recent_questions
from policy.engine.comparison import DecisionChange, compare
from policy.in_force import denying
from policy.models import PolicyVersion
from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.vocabulary import Evaluation


@dataclass(frozen=True)
class Changed:
    """A logged question whose answer would be another one."""

    logged: LoggedQuestion
    change: DecisionChange

    @property
    def evaluation(self) -> Evaluation:
        """The question."""
        return self.logged.evaluation


@dataclass(frozen=True)
class Comparison:
    """How many real questions were asked again, and those that come out in another way."""

    asked: int
    changed: tuple[Changed, ...]

    @property
    def newly_denied(self) -> int:
        """How many were permitted and would not be any more."""
        return sum(entry.change.before.permit and entry.change.flips for entry in self.changed)

    @property
    def newly_permitted(self) -> int:
        """How many were denied and would be permitted."""
        return sum(not entry.change.before.permit and entry.change.flips for entry in self.changed)


def against_real_decisions(
    version: PolicyVersion, active: PolicyVersion | None, limit: int
) -> Comparison:
    """Ask a valid version and the active one the last `limit` questions of their resource server.

    Both are asked: what was answered at the time may have been an older version's answer. One
    statement.
    """
    logged = recent_questions(version.policy_set.audience, limit)
    by_question = {id(entry.evaluation): entry for entry in logged}
    before = CedarPolicy(document_of(active)) if active else denying(version.policy_set.audience)
    changes = compare(
        before, CedarPolicy(document_of(version)), (entry.evaluation for entry in logged)
    )
    return Comparison(
        asked=len(logged),
        changed=tuple(Changed(by_question[id(change.evaluation)], change) for change in changes),
    )
