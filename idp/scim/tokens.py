"""Tokens: made once, shown once, found by their digest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from scim2_models import ForbiddenException, UnauthorizedException

from foundation.base import clock
from foundation.base.secrets import digest, digests, generate
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from idp.models import ScimConnection, ScimToken, Touches

PREFIX = "scim_"
USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known."""


@dataclass(frozen=True)
class Caller:
    """Who calls: the token, which has its connection."""

    token: ScimToken

    @property
    def connection(self) -> ScimConnection:
        """Whose people and groups are seen and changed."""
        return self.token.connection

    def author(self, *, address: str) -> DecisionContext:
        """Return the author of what is changed."""
        program = f"SCIM: {self.connection.name}, {self.token.label}"
        return DecisionContext(actor=Actor.COMMAND, program=program, address=address)

    def must_still_count(self) -> None:
        """Raise `UnauthorizedException` when the token has ended since. One statement."""
        if not _counting(clock.now()).filter(pk=self.token.pk).exists():
            raise UnauthorizedException

    def must(self, kind: str, *, write: bool) -> None:
        """Raise `ForbiddenException` unless the token may do this with Users or Groups."""
        touches = self.token.users if kind == "Users" else self.token.groups
        if touches != Touches.WRITES and (write or touches != Touches.READS):
            done = "change" if write else "read"
            raise ForbiddenException(detail=f"This token may not {done} {kind}.")


def new_secret(token: ScimToken) -> str:
    """Give the token, which is not saved yet, a new secret, and return it."""
    secret = PREFIX + generate()
    token.digest = digest(secret)
    return secret


def caller_of(secret: str, *, now: datetime) -> Caller:
    """Return who shows this secret. One statement. Raises `UnauthorizedException`, never why."""
    rows = _counting(now).select_related("connection").filter(digest__in=digests(secret))
    token = rows.first() if secret.startswith(PREFIX) else None
    if token is None:
        raise UnauthorizedException
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ScimToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)
    return Caller(token)


def _counting(now: datetime) -> QuerySet[ScimToken]:
    return ScimToken.objects.filter(revoked_at=None, expires_at__gt=now, connection__is_active=True)


def revoke(token: ScimToken) -> bool:
    """Take a token back; False when it was already."""
    rows = ScimToken.objects.filter(pk=token.pk, revoked_at=None)
    return bool(rows.update(revoked_at=timezone.now()))
