"""Who answers for data: read once for one decision, so that all of it sees the same owners."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from claims.catalogue.models import DataOwner
from claims.catalogue.patterns import narrowness
from consent.approvals.deciders.demands import owner_key
from foundation.directory.models.ends import let_in


class Owners:
    """The active people who answer for data, of every resource server. One statement when asked."""

    @cached_property
    def _rows(self) -> list[tuple[str, str, Any]]:
        owners = DataOwner.objects.filter(let_in("person__"))
        return list(owners.values_list("resource_server", "pattern", "person"))

    def patterns(self, audience: str) -> list[str]:
        """Return the patterns of a resource server that somebody answers for, narrowest last."""
        found = {pattern for server, pattern, _person in self._rows if server == audience}
        return sorted(found, key=narrowness)

    def holders(self) -> Iterator[tuple[str, Any]]:
        """Yield (capacity, key of who holds it)."""
        for server, pattern, person in self._rows:
            yield owner_key(server, pattern), person
