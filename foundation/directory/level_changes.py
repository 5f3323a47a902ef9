"""What may not become of a level of sign-in, in words.

A level that is gone is reached by nobody (`foundation.directory.levels.satisfies`), so what
takes one into use at the same moment is closed to everybody, and open to nobody.
"""

from collections.abc import Collection, Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.directory.level_field import uses_of
from foundation.directory.models.level import SignInLevel, Takes


def reasons_to_keep(level: SignInLevel) -> list[str]:
    """Return who needs a level to be called as it is; a statement for each kind of row."""
    return [
        _("%(kind)s “%(name)s” needs %(level)s. Change that first.")
        % {
            "kind": capfirst(row._meta.verbose_name),  # noqa: SLF001 - documented
            "name": row,
            "level": level.value,
        }
        for row in uses_of(level.value)
    ]


def reasons_not_to_remove(chosen: Collection[SignInLevel]) -> Iterator[str]:
    """Yield why these levels may not be removed together."""
    takes = {level.takes for level in chosen}
    above = SignInLevel.objects.exclude(takes__in=takes).filter(takes__gt=min(takes, default=0))
    for level in chosen:
        yield from reasons_to_keep(level)
        if level.takes == Takes.ONE_FACTOR:
            yield _("Every sign-in has a level: the weakest one stays.")
    for stronger in above:
        yield _("%(level)s stands above it: remove that first.") % {"level": stronger.value}


def next_strength() -> Takes | None:
    """Return what the next level would take; None when there is nothing stronger."""
    taken = SignInLevel.objects.count()
    return Takes(taken + 1) if taken < len(Takes) else None
