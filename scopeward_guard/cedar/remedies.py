"""What would help: the question asked again with as little changed as possible."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from scopeward_guard.authzen import Evaluation, Remedy

Change = Mapping[str, Any]


def remedy_for(
    evaluation: Evaluation, acr_levels: tuple[str, ...], permits: Callable[[Evaluation], bool]
) -> Remedy | None:
    """Return the least that would turn the denial into a permit; None when policy forbids it."""
    changes = list(_changes(evaluation, acr_levels))
    for size in range(1, len(changes) + 1):
        for chosen in combinations(changes, size):
            context = dict(evaluation.context)
            for _, change in chosen:
                context.update(change)
            if permits(replace(evaluation, context=context)):
                return _together([remedy for remedy, _ in chosen])
        if size == 1 and not _all_would(evaluation, changes, permits):
            return None
    return None


def _all_would(
    evaluation: Evaluation,
    changes: list[tuple[Remedy, Change]],
    permits: Callable[[Evaluation], bool],
) -> bool:
    context = dict(evaluation.context)
    for _, change in changes:
        context.update(change)
    return permits(replace(evaluation, context=context))


def _changes(
    evaluation: Evaluation, acr_levels: tuple[str, ...]
) -> Iterator[tuple[Remedy, Change]]:
    """Yield what can be changed, in the order in which it should be asked for."""
    context = evaluation.context
    held = set(context.get("scopes", ()))
    needed = [
        scope for scope in evaluation.resource.properties.get("scopes", ()) if scope not in held
    ]
    if needed:
        yield Remedy(scopes=tuple(sorted(needed))), {"scopes": sorted({*held, *needed})}
    acr = context.get("acr")
    reached = acr_levels.index(acr) + 1 if acr in acr_levels else 0
    for better in acr_levels[reached:]:
        # A better sign-in is a fresh one too.
        yield Remedy(acr_values=(better,)), {"acr": better, "authentication_age": 0}
    if context.get("authentication_age") != 0:
        yield Remedy(max_age=0), {"authentication_age": 0}
    if not context.get("approved"):
        yield Remedy(approval=True), {"approved": True}


def _together(remedies: list[Remedy]) -> Remedy:
    ages = [remedy.max_age for remedy in remedies if remedy.max_age is not None]
    return Remedy(
        scopes=tuple(scope for remedy in remedies for scope in remedy.scopes),
        acr_values=tuple(acr for remedy in remedies for acr in remedy.acr_values),
        max_age=min(ages, default=None),
        approval=any(remedy.approval for remedy in remedies),
    )
