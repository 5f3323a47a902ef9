"""Reading the deny-list, for whoever serves it."""

from django.db import DatabaseError
from django.utils import timezone
from redis import RedisError

from foundation.journal.deny_list import redis_copy
from foundation.journal.deny_list.entries import as_text, from_texts
from foundation.journal.models import DenyListEntry
from scopeward_guard.vocabulary import DenyList


class DenyListUnavailableError(Exception):
    """Nobody can say at the moment what is refused."""


def current() -> DenyList:
    """Return what is refused now; raises `DenyListUnavailableError`.

    One statement; with Redis one a second for all replicas together.
    """
    try:
        return from_texts(_shared() if redis_copy.is_used() else map(as_text, _stored()))
    except (DatabaseError, RedisError, ValueError) as error:
        # ValueError: Redis holds something else than what we put there.
        raise DenyListUnavailableError from error


def _shared() -> list[str]:
    texts = redis_copy.read()
    if texts is None:
        entries = _stored()
        redis_copy.replace(entries)
        texts = [as_text(entry) for entry in entries]
    return texts


def _stored() -> list[DenyListEntry]:
    return list(DenyListEntry.objects.filter(expires_at__gt=timezone.now()))
