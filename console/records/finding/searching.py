"""From what somebody types to people and applications, by index where there are many."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import Client, User

MOST_PEOPLE = 200
"""So many people are listed for one beginning."""
MOST_WITH_RECORDS = 50
"""Of so many people records are looked for at once."""
EVERY = 2**31
"""More rows than there are: a sub-select with a limit is carried out as it stands, by its index."""
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


def people_with_records(term: str) -> list[UUID]:
    """Return the same, of few people; raises ValidationError when more begin like this."""
    found = people_like(term)
    if len(found) > MOST_WITH_RECORDS:
        told = _("More than %(n)d people begin like this: type more.")
        raise ValidationError(told % {"n": MOST_WITH_RECORDS})
    return found


def people_meant(term: str) -> list[UUID]:
    """Return whom a filter means: also somebody who is gone, by the identifier; nobody by nothing.

    Raises ValidationError as `people_with_records` does.
    """
    key = key_of(term)
    return [key] if key else people_with_records(term) if term else []


def of_people(rows: QuerySet[Any], column: str, people: Sequence[UUID]) -> QuerySet[Any]:
    """Return the rows of these people; `column` is a lookup from the rows to the person.

    Of several, theirs are found first and put in order then. Left to itself, PostgreSQL walks over
    everybody's rows in order until a page of theirs is full.
    """
    if len(people) == 1:
        return rows.filter(**{column: people[0]})
    theirs = rows.model._base_manager.filter(**{f"{column}__in": people})  # noqa: SLF001
    return rows.filter(pk__in=theirs.order_by().values("pk")[:EVERY])


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
    Raises ValidationError as `people_with_records` does.
    """
    people, clients = people_with_records(term), clients_like(term)
    key = key_of(term)
    if not (clients or key or by_text):
        return of_people(rows, f"{person}_id", people) if people else rows.none()
    found = Q()
    if people:
        found |= Q(**{f"{person}_id__in": people})
    if clients:
        found |= Q(client_id__in=clients)
    if key:
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
