"""Lists of objects: ordered by what an index orders, and by nothing else."""

from typing import Any

from unfold.views import ChangeList


class ObjectList(ChangeList):
    """A list whose order comes from its `sortable_by`, whatever the address asks for."""

    def get_ordering_field(self, field_name: Any) -> Any:
        """Return the field that a column is ordered by, None for one that is not."""
        if field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)
