"""Facts about a person that policies speak of and a token does not have.

A token has what the person lets that application know, so a fact that is not there may be so all
the same. The token of an approval has every fact that policies speak of.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from scopeward_guard._authzen import Evaluation

UNRELEASED = "not released to this application"
UNKNOWN = "not known"


class Releases:
    """Knows, by one document, what of a person is not told, and which scopes would tell it."""

    def __init__(self, released_by: Mapping[str, Collection[str]], names: Collection[str]) -> None:
        self._released_by = released_by
        self._names = sorted(names)

    def missing(self, evaluation: Evaluation) -> frozenset[str]:
        """Return the facts that the person has not released, and could."""
        context = evaluation.context
        if evaluation.subject.type != "user" or context.get("approved") is True:
            return frozenset()
        held = context.get("scopes")
        held = held if isinstance(held, list | tuple | set | frozenset) else ()
        return frozenset(
            name
            for name in self._absent(evaluation)
            if (scopes := self._released_by.get(name)) and not any(map(held.__contains__, scopes))
        )

    def untold(self, evaluation: Evaluation, missing: Collection[str]) -> Mapping[str, str]:
        """Return the facts that are not there, with why, as it is told to the person."""
        if evaluation.subject.type != "user":
            return {}
        return {
            name: UNRELEASED if name in missing else UNKNOWN for name in self._absent(evaluation)
        }

    def scopes_for(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the scopes that release the facts, one for each."""
        return tuple(sorted({min(self._released_by[name]) for name in names}))

    def _absent(self, evaluation: Evaluation) -> list[str]:
        said: Mapping[str, Any] = evaluation.subject.properties
        return [name for name in self._names if said.get(name) is None]
