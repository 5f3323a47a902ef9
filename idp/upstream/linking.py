"""Which account there is which person here: by provider and `sub`, never by an address."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from foundation.directory.models import User
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.visitor import decision_context
from idp.accounts.letters import post_letter
from idp.upstream.taking_over import take_away


class TakenError(Exception):
    """Somebody has that account already, or the person has another one there."""


def find(provider: UpstreamProvider, sub: str) -> UpstreamAccount | None:
    """Return the account, None for one that nobody has connected."""
    rows = UpstreamAccount.objects.filter(provider=provider, sub=sub)
    return rows.select_related("user", "provider").first()


def connect(
    request: HttpRequest,
    provider: UpstreamProvider,
    claims: dict[str, Any],
    person: User,
    now: datetime,
) -> UpstreamAccount:
    """Connect an account that was proved with a person who is proved; raises `TakenError`."""
    try:
        with transaction.atomic():
            account = UpstreamAccount.objects.create(
                provider=provider,
                sub=claims["sub"],
                user=person,
                called=called(claims),
                connected_at=now,
            )
            _note(request, account, Kind.FACTOR_ADDED, "factor_added")
    except IntegrityError as error:
        raise TakenError from error
    return account


@transaction.atomic
def disconnect(request: HttpRequest, account: UpstreamAccount) -> bool:
    """Disconnect it; False when it is the last way in."""
    # Of two at once, the second waits, and sees that the first has gone.
    User.objects.select_for_update().get(pk=account.user_id)
    if is_last_way_in(account):
        return False
    _note(request, account, Kind.FACTOR_REMOVED, "factor_removed")
    take_away(account)
    account.delete()
    return True


def is_last_way_in(account: UpstreamAccount) -> bool:
    """Say whether the person could not sign in any more without it."""
    person = account.user
    others = UpstreamAccount.objects.filter(user=person, provider__is_on=True)
    keys = Authenticator.objects.filter(
        user=person, type=Authenticator.Type.WEBAUTHN, data__discoverable=True
    )
    has_other = others.exclude(pk=account.pk).exists()
    return not (person.has_usable_password() or has_other or keys.exists())


def note_use(account: UpstreamAccount, claims: dict[str, Any], now: datetime) -> None:
    """Remember when it was used, and how it is called now."""
    UpstreamAccount.objects.filter(pk=account.pk).update(last_used_at=now, called=called(claims))


def called(claims: dict[str, Any]) -> str:
    """Return how the account is called there, for its owner to know it by."""
    for name in ("preferred_username", "email", "name"):
        value = claims.get(name)
        if isinstance(value, str) and value and value.isprintable():
            return value[:255]
    return ""


def _note(request: HttpRequest, account: UpstreamAccount, kind: Kind, letter: str) -> None:
    context, person = decision_context(request), account.user
    entry = Entry(
        kind=kind,
        actor=Actor.PERSON,
        person=person.pk,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        detail={"type": "upstream", "provider": account.provider.slug},
    )
    record([entry])
    to = [person.email] if person.email else []
    post_letter(letter, person, to, name=account.provider.name)
