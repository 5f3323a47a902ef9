"""The facts about one person, read in one statement.

A person's row joined with the memberships gives the columns, the person's own attributes and the
groups' ids. What the groups and definitions say is configuration, kept in process. So any query
that has a path to the person can bring the subject along at no extra statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from claims.attributes import combine_all
from claims.models import GroupAttributes
from claims.names.standard import COLUMNS
from foundation.base.configuration.kept import Kept
from foundation.base.prepared.statements import PreparedValues
from foundation.directory.models import User
from foundation.directory.models.ends import has_ended

MEMBERSHIP = ("memberships__group", "memberships__ends_at")
"""The path to a group of somebody, and until when they are in it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One person: `standard` has the columns of OIDC Core §5.1, `attributes` what is recorded.

    An attribute's value is a string, a tuple of strings (list), a level name, or a boolean,
    combined from the person and the groups as the attribute's kind says.
    """

    id: str
    standard: Mapping[str, Any]
    attributes: Mapping[str, Any]


def columns(prefix: str = "") -> tuple[str, ...]:
    """Return what to pass to `.values()`; `prefix` is the path to the person, such as `user__`.

    The result has one row for each group of the person, one for a person without groups.
    """
    return tuple(prefix + name for name in ("pk", *COLUMNS, "attributes__values", *MEMBERSHIP))


def from_rows(rows: Sequence[Mapping[str, Any]], prefix: str = "") -> Subject:
    """Build the subject from the rows of one person; at least one."""
    first = rows[0]
    memberships = _groups_now(rows, prefix)
    groups = [values for group, values in _groups.get() if group in memberships]
    return Subject(
        id=str(first[prefix + "pk"]),
        standard={name: first[prefix + name] for name in COLUMNS},
        attributes=combine_all(first[prefix + "attributes__values"], groups),
    )


def _groups_now(rows: Sequence[Mapping[str, Any]], prefix: str) -> set[int]:
    group, end = (prefix + name for name in MEMBERSHIP)
    return {row[group] for row in rows if row[group] is not None and not has_ended(row[end])}


def load(person_pk: Any) -> Subject:
    """Read one person in one statement; raise the user model's DoesNotExist."""
    rows = _ROWS.rows(User._meta.pk.to_python(person_pk))  # noqa: SLF001 - documented
    if not rows:
        raise User.DoesNotExist
    return from_rows(rows)


def memberships_and_attributes(person_pk: UUID) -> tuple[frozenset[int], Mapping[str, Any]]:
    """Return the keys of somebody's groups, and their attributes. One statement, as `load`."""
    rows = _ROWS.rows(person_pk)
    groups = frozenset(_groups_now(rows, ""))
    return groups, from_rows(rows).attributes if rows else {}


_ROWS = PreparedValues([UUID], lambda pk: User.objects.filter(pk=pk).values(*columns()))


def _load_groups() -> list[tuple[int, Any]]:
    """Return the groups' stored attributes by group id, in the order of the groups' names."""
    return list(
        GroupAttributes.objects.order_by("group__name", "group_id").values_list(
            "group_id", "values"
        )
    )


_groups = Kept(_load_groups)
