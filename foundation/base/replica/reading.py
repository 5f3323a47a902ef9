"""Which database a list, an export or a figure is read from.

Only what says `moments_old` is ever read from the replica: nothing of the protocol, of sign-in, of
the state of approvals. And nobody misses what they have just done: for some seconds after a browser
has posted anything, its pages are read from the primary.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from foundation.base.replica.lag import lag

REPLICA = "replica"
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the request of this thread is."""

    has_posted: bool = False
    """This browser has changed something a moment ago."""
    posts: bool = False
    """It changes something now."""


PROGRAM = Visitor()
"""No browser at all: the worker, a command."""
_visitor: ContextVar[Visitor] = ContextVar("replica_visitor", default=PROGRAM)


@contextmanager
def visited_by(visitor: Visitor) -> Iterator[None]:
    """Say what kind of request this thread answers."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


def moments_old(rows: QuerySet[M, Any], *, though_posted: bool = False) -> QuerySet[M, Any]:
    """Return the same rows as they were a moment ago, where that is allowed; or else unchanged.

    `though_posted`: what is posted is only read, as an export is.
    """
    return rows.using(REPLICA) if may_be_old(though_posted=though_posted) else rows


def may_be_old(*, though_posted: bool = False) -> bool:
    """Whether `moments_old` reads from the replica: what is prepared reads from the primary."""
    if REPLICA not in connections.settings:
        return False
    visitor = _visitor.get()
    if visitor.has_posted or (visitor.posts and not though_posted):
        return False
    # A transaction goes on seeing what it has written itself.
    return not connections[DEFAULT_DB_ALIAS].in_atomic_block and lag.is_short()


class Router:
    """Keeps Django from writing to the replica what was read from it (DATABASE_ROUTERS)."""

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Write to the primary."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Rows of both are the same rows."""
        return True

    def allow_migrate(self, db: str, *_: Any, **__: Any) -> bool:
        """Migrate the primary alone; the replica follows."""
        return db == DEFAULT_DB_ALIAS
