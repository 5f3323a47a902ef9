"""From what somebody types to people and applications, by index where there are many."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import Client, User

MOST_PEOPLE = 200
"""So many people are looked at for one beginning; whoever has more types more."""
NAMED_BY = {"username_key__startswith": canonical_name, "email__startswith": canonical_address}
"""What records are found by: of whom they are, as people sign in."""
CALLED = {
    "name__istartswith": str,
    "given_name__istartswith": str,
    "family_name__istartswith": str,
    "external_id__startswith": str,
}
"""What people are found by besides."""


def key_of(text: str) -> UUID | None:
    """Return the identifier that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def people_like(term: str, *, called: bool = False) -> list[UUID]:
    """Return keys of people whose username or e-mail address begins like this, or of that key.

    `called`: or their name, or their external identifier. Beginnings, because an index finds them
    among millions. One statement, `MOST_PEOPLE` people at most.
    """
    if key := key_of(term):
        return list(User.objects.filter(pk=key).values_list("pk", flat=True))
    ways = NAMED_BY | (CALLED if called else {})
    arms = [User.objects.filter(**{lookup: form(term)}) for lookup, form in ways.items()]
    return _keys_of_any(arms)[:MOST_PEOPLE]


def clients_like(term: str) -> list[Any]:
    """Return keys of applications whose name contains this, or whose client id it is."""
    clients = Client.objects
    found = clients.filter(Q(name__icontains=term) | Q(client_id=term))
    return list(found.values_list("pk", flat=True))


def narrow(
    rows: QuerySet[Any],
    term: str,
    *,
    person: str = "user",
    by_key: tuple[str, ...] = (),
    by_text: tuple[str, ...] = (),
) -> QuerySet[Any]:
    """Return the rows of the people and applications that a term means.

    `person` names the column of the person. `by_key` names columns that hold an identifier; a term
    that is one is looked for there too. `by_text` names columns that are compared with the term.
    """
    people, clients = people_like(term), clients_like(term)
    found = Q()
    if people:
        found |= Q(**{f"{person}_id__in": people})
    if clients:
        found |= Q(client_id__in=clients)
    if key := key_of(term):
        for column in by_key:
            found |= Q(**{column: key})
    for column in by_text:
        found |= Q(**{column: term})
    return rows.filter(found) if found else rows.none()


def _keys_of_any(arms: Iterable[QuerySet[User]]) -> list[UUID]:
    """Return keys of some people of each arm: each walks its own index, which an OR may not."""
    texts: list[str] = []
    given: list[Any] = []
    for number, arm in enumerate(arms):
        sql, params = arm.values("pk")[:MOST_PEOPLE].query.sql_with_params()
        texts.append(f"SELECT * FROM ({sql}) arm{number}")  # noqa: S608 - what Django composed
        given.extend(params)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(texts), given)
        return [User._meta.pk.to_python(key) for (key,) in cursor.fetchall()]  # noqa: SLF001
