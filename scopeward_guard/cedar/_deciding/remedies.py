"""What would help: the question asked again with as little changed as possible."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from scopeward_guard._authzen import Evaluation, Remedy

Permits = Callable[[Evaluation], bool]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One thing that a caller can have changed: what has to be asked for, what is then so."""

    remedy: Remedy
    context: Mapping[str, Any]
    size: int = 1


_NOTHING = FactChange(Remedy(), {}, 0)


@dataclass(frozen=True, slots=True)
class Way:
    """What has to be asked for, and the question as it is asked then."""

    remedy: Remedy
    question: Evaluation


class Remedies:
    """Finds the least that would turn a denial into a permit.

    `acr_levels` are from the weakest up; `ages` are the ages of a sign-in, in seconds, that make a
    difference to policy.
    """

    def __init__(self, acr_levels: tuple[str, ...], ages: frozenset[int]) -> None:
        self._acr_levels = acr_levels
        self._ages = sorted({0, *ages}, reverse=True)

    def of(self, evaluation: Evaluation, permits: Permits) -> Way | None:
        """Return the least that helps; None when nothing that a caller can do would help.

        Less is: fewer things; then consent before signing in before an approval; then an older
        sign-in before a stronger one. An approval is of so exact a thing that no consent is wanted
        beside it.
        """
        if not permits(self.best(evaluation)):
            return None
        kinds = self._kinds(evaluation)
        ways = sorted(product(*([*changes, _NOTHING] for changes in kinds)), key=_size)
        asked = ((way, _asked(evaluation, way)) for way in ways)
        helping = ((way, question) for way, question in asked if permits(question))
        return next(
            (Way(_together([change.remedy for change in way]), asked) for way, asked in helping),
            None,
        )

    def best(self, evaluation: Evaluation) -> Evaluation:
        """Return the question with everything changed that a caller can have changed."""
        kinds = self._kinds(evaluation)
        return _asked(evaluation, (changes[-1] for changes in kinds if changes))

    def _kinds(self, evaluation: Evaluation) -> list[list[FactChange]]:
        return [_consent(evaluation), self._sign_ins(evaluation), _approval(evaluation)]

    def _sign_ins(self, evaluation: Evaluation) -> list[FactChange]:
        """Return the sign-ins that would be better; the last is the best there is."""
        age, acr = evaluation.context.get("authentication_age"), evaluation.context.get("acr")
        known = age if isinstance(age, int | float) else float("inf")
        reached = self._acr_levels.index(acr) + 1 if acr in self._acr_levels else 0
        fresher = [
            FactChange(Remedy(max_age=limit), {"authentication_age": limit})
            for limit in self._ages
            if limit < known
        ]
        stronger = [
            FactChange(Remedy(acr_values=(level,)), {"acr": level})
            for level in self._acr_levels[reached:]
        ]
        return [*fresher, *stronger, *(_both(*pair) for pair in product(stronger, fresher))]


def _consent(evaluation: Evaluation) -> list[FactChange]:
    needed = set(_texts(evaluation.resource.properties.get("scopes")))
    held = set(_texts(evaluation.context.get("scopes")))
    if needed <= held:
        return []
    remedy = Remedy(scopes=tuple(sorted(needed - held)))
    return [FactChange(remedy, {"scopes": sorted(held | needed)})]


def _approval(evaluation: Evaluation) -> list[FactChange]:
    if evaluation.context.get("approved") is True:
        return []
    return [FactChange(Remedy(approval=True), {"approved": True})]


def _asked(evaluation: Evaluation, changes: Iterable[FactChange]) -> Evaluation:
    context = dict(evaluation.context)
    for change in changes:
        context.update(change.context)
    return replace(evaluation, context=context)


def _both(one: FactChange, other: FactChange) -> FactChange:
    remedy = _together([one.remedy, other.remedy])
    return FactChange(remedy, {**one.context, **other.context}, one.size + other.size)


def _size(way: tuple[FactChange, ...]) -> int:
    return sum(change.size for change in way)


def _together(remedies: list[Remedy]) -> Remedy:
    ages = [remedy.max_age for remedy in remedies if remedy.max_age is not None]
    return Remedy(
        scopes=tuple(scope for remedy in remedies for scope in remedy.scopes),
        acr_values=tuple(acr for remedy in remedies for acr in remedy.acr_values),
        max_age=min(ages, default=None),
        approval=any(remedy.approval for remedy in remedies),
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple | set | frozenset):
        yield from (entry for entry in value if isinstance(entry, str))
