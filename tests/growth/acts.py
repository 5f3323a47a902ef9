"""Acts as years leave them, sealed and linked with the project's own digests: they verify."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import md5
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from foundation.journal.acts import link
from foundation.journal.chain import canonical
from foundation.journal.keys import key_of
from foundation.journal.models import Act, Actor, ChainHead, Kind, PersonalPart
from foundation.journal.triggers.history import PARTITIONS

TABLES = (Act, PersonalPart)
"""What is filled here."""
BACK = timedelta(days=730)
AT_ONCE = 20_000
KINDS = (
    *[Kind.GRANTED] * 40,
    *[Kind.MINTED] * 29,
    *[Kind.SHOWN] * 15,
    *[Kind.DENIED] * 8,
    *[Kind.REVOKED] * 4,
    *[Kind.EXPIRED] * 3,
    Kind.CHANGED,
)
SCOPES = ("openid", "profile", "email", "phone", "address", "roles")


def append_acts(count: int, grants: int, clients: list[int]) -> None:
    """Append acts to the chain; `grants` and `clients` are those of `rows`."""
    link()
    for days in range(0, BACK.days, 28):
        PARTITIONS.make_for(connection, timezone.now() - timedelta(days=days))
    head = ChainHead.objects.get()
    rows = _linked(head, count, grants, clients)
    while batch := list(islice(rows, AT_ONCE)):
        _copy(Act, [act for act, _part in batch])
        _copy(PersonalPart, [part for _act, part in batch])
    head.save()


def _linked(
    head: ChainHead, count: int, grants: int, clients: list[int]
) -> Iterator[tuple[list[Any], list[Any]]]:
    act, part = Act(), PersonalPart()
    acts, parts = (
        [field.attname for field in model._meta.concrete_fields] for model in (Act, PersonalPart)
    )
    first, step = timezone.now() - BACK, BACK / count
    for n in range(1, count + 1):
        _say(act, part, n, first + n * step, 1 + n * 7_919 % grants, clients)
        part.salt = f"{n:032x}"
        act.personal_digest = canonical.sha256(canonical.personal_members(part))
        members = canonical.canonical(canonical.act_members(act))
        act.seal = canonical.seal(members)
        head.number += 1
        head.hash = canonical.chained(head.number, head.hash, members, act.seal)
        act.number, act.hash, act.mac = head.number, head.hash, canonical.link_mac(head.hash)
        yield [getattr(act, name) for name in acts], [getattr(part, name) for name in parts]


def _say(
    act: Act, part: PersonalPart, n: int, at: datetime, grant: int, clients: list[int]
) -> None:
    number, which = divmod(grant - 1, 3)
    client = (number % 3, 3 + number % 17, 20 + number % 40)[which]
    act.pk = part.act_id = key_of(f"act {n}", at)
    act.at, act.kind, act.text_version, act.locale = at, KINDS[n * 37 % 100], 1, "en"
    if act.kind == Kind.CHANGED:
        act.actor, act.client_id, act.grant_id, act.scope = Actor.ADMINISTRATOR, None, None, ""
        act.object_kind, act.object_key = "catalogue.scope", str(1 + n // 100 % 40)
        act.detail = {"changes": {"title": ["was", "is"]}}
        part.person_id, part.actor_id = None, str(_key("person", 1 + n // 100 % 20))
        return
    act.actor, act.client_id, act.grant_id = Actor.PERSON, clients[client], _key("grant", grant)
    act.scope, act.detail = SCOPES[n % len(SCOPES)], {}
    act.object_kind = act.object_key = part.actor_id = ""
    part.person_id, part.address, part.user_agent = (
        _key("person", number + 1),
        "192.0.2.7",
        "Browser",
    )


def _key(kind: str, number: int) -> UUID:
    """Return what `md5(kind || number)::uuid` is to PostgreSQL."""
    return UUID(md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest())


def _copy(model: Any, rows: list[list[Any]]) -> None:
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row])
