"""Who has an attribute value; and the facts of several people at once."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from claims.models import GroupAttributes, PersonAttributes
from claims.subject import Subject, columns, from_rows
from foundation.base.prepared.lists import ByLength
from foundation.base.prepared.statements import PreparedValues
from foundation.directory.models import User
from foundation.directory.models.ends import has_ended


def subjects(pks: Collection[Any]) -> dict[Any, Subject]:
    """Return the facts of the active people among these keys, by key. One statement."""
    if not pks:
        return {}
    statement, keys = _BY_KEY.about([_KEY.to_python(pk) for pk in pks])
    return _grouped(statement.rows(*keys))


def active_holders(attribute: str, value: str) -> list[Any]:
    """Return the keys of active people who have a value of an attribute, own or by a group.

    For a list the value is one of its items. Two statements, and not for the warm path: it reads
    everybody whose record so much as mentions the value.
    """
    people = _of(_mentions("attributes", PersonAttributes, value) | _in_group(value))
    return sorted(pk for pk, subject in people.items() if has(subject, attribute, value))


def has(subject: Subject, attribute: str, value: str) -> bool:
    """Whether a subject has a value of an attribute; for a list, as one of its items."""
    held = subject.attributes.get(attribute)
    return value in held if isinstance(held, tuple) else held == value


def _of(which: Q) -> dict[Any, Subject]:
    return _grouped(_active(which))


def _active(which: Q) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = User.objects.filter(which, is_active=True).values(
        *columns(), "ends_at"
    )
    return rows


def _grouped(found: Iterable[Mapping[str, Any]]) -> dict[Any, Subject]:
    rows: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        if not has_ended(row["ends_at"]):
            rows[row["pk"]].append(row)
    return {pk: from_rows(of_person) for pk, of_person in rows.items()}


_KEY: Any = User._meta.pk  # noqa: SLF001 - documented
_BY_KEY = ByLength(
    lambda length: PreparedValues([UUID] * length, lambda *pks: _active(Q(pk__in=pks)))
)


def _mentions(path: str, model: Any, value: str) -> Q:
    # A first narrowing only: JSON cannot be searched in the same way on both databases.
    # SQLite keeps what is outside ASCII escaped, PostgreSQL as it is.
    said = model.objects.annotate(said=Cast("values", TextField()))
    escaped = json.dumps(value)[1:-1]
    plain = json.dumps(value, ensure_ascii=False)[1:-1]
    rows = said.filter(Q(said__contains=escaped) | Q(said__contains=plain))
    return Q(**{f"{path}__in": rows.values("pk")})


def _in_group(value: str) -> Q:
    groups = [
        row.group_id
        for row in GroupAttributes.objects.all()
        if value in json.dumps(row.values, ensure_ascii=False)
        or json.dumps(value)[1:-1] in json.dumps(row.values)
    ]
    return Q(groups__in=groups)
