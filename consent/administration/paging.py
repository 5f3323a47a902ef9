"""Pages over tables that are too long to be counted."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

LIMIT = 10_000
"""So many rows can be paged through; whoever has more to look at narrows the list or exports it."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit and no further."""

    limit = LIMIT

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or the limit when there are more."""
        rows: Any = self.object_list
        bounded: int = rows.order_by().values("pk")[: self.limit].count()
        return bounded

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than can be paged through."""
        return self.count >= self.limit
