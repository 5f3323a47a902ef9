"""The directories there are. Kept in process: where there is none, nobody pays for it."""

from collections.abc import Sequence

from foundation.base.configuration.kept import Kept
from foundation.directory.sources.models import LdapDirectory

_directories = Kept(lambda: tuple(LdapDirectory.objects.order_by("pk")))


def directories_in_use() -> Sequence[LdapDirectory]:
    """Return those that are on, in the order in which they are asked."""
    return [directory for directory in _directories.get() if directory.is_on]


def has_directories() -> bool:
    """Say whether there are any, on or off."""
    return bool(_directories.get())
