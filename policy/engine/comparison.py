"""What would change for people if one policy took the place of another."""

from collections.abc import Iterable
from dataclasses import dataclass

from scopeward_guard.vocabulary import Decision, Evaluation, Policy


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """One question that the two policies answer differently."""

    evaluation: Evaluation
    before: Decision
    after: Decision

    @property
    def flips(self) -> bool:
        """Whether a permit becomes a denial or the other way round."""
        return self.before.permit is not self.after.permit


def compare(
    before: Policy, after: Policy, questions: Iterable[Evaluation]
) -> tuple[DecisionChange, ...]:
    """Return the questions with another answer, another obligation or another remedy.

    Words and the policies that decided may differ: nobody's access changes by it.
    """
    changes = (
        DecisionChange(asked, before.decide(asked), after.decide(asked)) for asked in questions
    )
    return tuple(change for change in changes if _matters(change))


def _matters(change: DecisionChange) -> bool:
    before, after = change.before, change.after
    return (
        change.flips
        or before.remedy != after.remedy
        or [duty for duty in before.obligations if duty not in after.obligations] != []
        or [duty for duty in after.obligations if duty not in before.obligations] != []
    )
