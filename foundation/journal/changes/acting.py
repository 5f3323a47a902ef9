"""Who is at work: said once where a request or a command begins, noted with every change.

The database writes the notes, so it is told: on PostgreSQL as a setting of the connection, on
SQLite by a function that its triggers call. Behind a pooler, which gives each transaction another
session, it is a setting of the transaction, made before each statement that changes such a table.
Whoever writes there without this process says nothing,
or something without our MAC, and is `Actor.OUTSIDE`.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from foundation.base.configuration.deciding import deciding_models, meta_of
from foundation.base.keyed import UnknownKeyError
from foundation.journal.chain.canonical import is_keyed, keyed
from foundation.journal.context import BY_THE_SYSTEM, DecisionContext
from foundation.journal.keys import new_key
from foundation.journal.models import Actor
from foundation.journal.triggers.noting import AUTHOR, KEY, NOW, SETTING

BY_SOMEBODY = DecisionContext(actor=Actor.OUTSIDE)
"""Nobody of ours."""
GOOD_FOR = timedelta(hours=1)
"""How long an administrator or a person is at one request at most."""
_SAID = ("actor", "actor_id", "program", "address", "user_agent", "locale", "reason")
_CHANGED = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
"""The tables that a statement changes."""
_author: ContextVar[DecisionContext] = ContextVar("author", default=BY_THE_SYSTEM)


@contextmanager
def acting_as(author: DecisionContext) -> Iterator[None]:
    """Let what is changed inside be changed by this author, in this thread."""
    before = _author.set(author)
    _tell(connection)
    try:
        yield
    finally:
        _author.reset(before)
        _tell(connection)


def work_as(author: DecisionContext) -> None:
    """Let everything that this thread changes from now on be changed by this author."""
    _author.set(author)
    _tell(connection)


def author_at_work() -> DecisionContext:
    """Return who is at work here; the system where nobody said."""
    return _author.get()


def signed_author() -> str:
    """Return the author with a MAC, as notes carry it."""
    author = _author.get()
    said = {name: str(getattr(author, name) or "") for name in _SAID}
    text = json.dumps({**said, "since": timezone.now().isoformat()}, sort_keys=True)
    return f"{keyed(_of(text))} {text}"


def author_of(signed: str, at: datetime) -> DecisionContext:
    """Return the author that a note of this time carries, `BY_SOMEBODY` unless we signed it."""
    mac, _, text = signed.partition(" ")
    try:
        if not is_keyed(mac, _of(text)):
            return BY_SOMEBODY
    except UnknownKeyError:
        return BY_SOMEBODY
    said = json.loads(text)
    since = datetime.fromisoformat(said.pop("since"))
    actor = Actor(said.pop("actor"))
    if actor in {Actor.ADMINISTRATOR, Actor.PERSON} and at - since > GOOD_FOR:
        return BY_SOMEBODY
    return DecisionContext(**{**said, "address": said["address"] or None}, actor=actor)


def introduce(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:  # noqa: ARG001
    """Tell a new connection; a receiver of `connection_created`."""
    if connection.vendor == "postgresql":
        if _is_pooled(connection) and _with_its_author not in connection.execute_wrappers:
            connection.execute_wrappers.append(_with_its_author)
        _tell(connection)
        return
    raw = connection.connection
    raw.create_function(AUTHOR, 0, signed_author)
    raw.create_function(KEY, 0, lambda: new_key().hex)
    raw.create_function(NOW, 0, lambda: timezone.now().strftime("%Y-%m-%d %H:%M:%S.%f"))
    # REPLACE removes rows: that is a change too.
    raw.execute("PRAGMA recursive_triggers = ON")


def _tell(told: Any) -> None:
    """Set it on a connection that is open; one that is not is told when it opens."""
    if told.vendor != "postgresql":
        return
    told.close_if_health_check_failed()
    if told.connection is None or told.needs_rollback:
        return
    if not _is_pooled(told):
        _set(told, within_transaction=False)


def _set(told: Any, *, within_transaction: bool) -> None:
    with told.wrap_database_errors, told.connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, %s)", [SETTING, signed_author(), within_transaction]
        )


def _is_pooled(told: Any) -> bool:
    return getattr(told, "is_pooled", False)


def _with_its_author(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Run a statement; one that changes what is noted in a transaction that knows its author."""
    told = context["connection"]
    if sql.startswith("SELECT") or _noted().isdisjoint(_CHANGED.findall(sql)):
        return execute(sql, params, many, context)
    with nullcontext() if told.in_atomic_block else transaction.atomic(using=told.alias):
        _set(told, within_transaction=True)
        return execute(sql, params, many, context)


@cache
def _noted() -> frozenset[str]:
    return frozenset(meta_of(model).db_table for model in deciding_models())


def _of(text: str) -> bytes:
    return b"author " + text.encode()
