"""Statements about several values of a kind: composed once for each length, not for each list."""

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from foundation.base.prepared.statements import PreparedStatement, Value

S = TypeVar("S", bound=PreparedStatement)
V = TypeVar("V", bound=Value)


class ByLength(Generic[S]):
    """One statement for up to one, two, four, eight, … values: a dozen are enough for any list."""

    def __init__(self, make: Callable[[int], S]) -> None:
        self._make = make
        self._made: dict[int, S] = {}

    def about(self, values: Collection[V]) -> tuple[S, list[V]]:
        """Return the statement, and the values as it takes them: the last one fills what is left.

        Raises ValueError without a value.
        """
        given = list(values)
        if not given:
            raise ValueError("a statement about nothing")
        length = 1 << (len(given) - 1).bit_length()
        if length not in self._made:
            self._made[length] = self._make(length)
        return self._made[length], given + given[-1:] * (length - len(given))
