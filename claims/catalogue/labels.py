"""What policy has to know of data: how sensitive it is, whose it is, and its tags."""

from claims.catalogue.models import DataOwner, Level, SensitivityLabel
from claims.catalogue.patterns import touches
from foundation.directory.models.ends import let_in
from scopeward_guard.cedar import Label

PLACE_OF_LEVEL = {level: place for place, level in enumerate(Level)}


def labels_of(audience: str) -> tuple[Label, ...]:
    """Return a label for each pattern that says how sensitive data of an audience is.

    Owners of a part of it and of more than it are its owners too. Two statements.
    """
    owned = list(
        DataOwner.objects.filter(let_in("person__"), resource_server=audience).values_list(
            "pattern", "person_id"
        )
    )
    rows = SensitivityLabel.objects.filter(resource_server=audience)
    return tuple(
        Label(
            pattern=row.pattern,
            sensitivity=PLACE_OF_LEVEL[Level(row.level)],
            owners=tuple(
                sorted({str(owner) for pattern, owner in owned if touches(pattern, row.pattern)})
            ),
            tags=tuple(sorted(set(row.tags.split()))),
        )
        for row in rows
    )
