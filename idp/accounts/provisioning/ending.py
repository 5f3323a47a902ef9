"""Taking access from many people at once: sessions, tokens, and word to resource servers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from idp.tokens.families.store import revoke_families
from idp.tokens.revocation import announce_end


@transaction.atomic
def deactivate(people: Collection[UUID], *, gone_at: datetime | None = None) -> int:
    """Lock people out, and end whatever they have; return how many were let in before.

    `gone_at` when the source does not know them any more: only who is gone comes back by itself.
    """
    rows = User.objects.filter(pk__in=people, is_active=True).order_by("pk")
    locked = list(rows.select_for_update().values_list("pk", flat=True))
    User.objects.filter(pk__in=locked).update(is_active=False, updated_at=timezone.now())
    if gone_at is not None:
        ProvidedPerson.objects.filter(person__in=locked).update(gone_at=gone_at)
    end_access(locked)
    return len(locked)


def end_access(people: Collection[UUID]) -> None:
    """End sessions and tokens of people who have just been locked out, in the same transaction."""
    if not people:
        return
    announce_end(user__in=list(people))
    revoke_families(timezone.now(), user__in=list(people))
    keys = UserSession.objects.filter(user__in=people).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    UserSession.objects.filter(user__in=people).delete()
