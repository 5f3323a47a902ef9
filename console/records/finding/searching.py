"""From what somebody types to people and applications, by index where there are many."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import Client, User

MOST_PEOPLE = 200


def key_of(text: str) -> UUID | None:
    """Return the identifier that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def people_like(term: str) -> list[UUID]:
    """Return keys of people whose username or e-mail address begins like this, or of that key.

    Beginnings, because an index finds them among millions; two statements at most.
    """
    people = User.objects
    if key := key_of(term):
        return list(people.filter(pk=key).values_list("pk", flat=True))
    found = Q(username_key__startswith=canonical_name(term))
    found |= Q(email__startswith=canonical_address(term))
    return list(people.filter(found).values_list("pk", flat=True)[:MOST_PEOPLE])


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
