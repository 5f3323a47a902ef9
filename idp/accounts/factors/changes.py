"""Adding, naming and removing factors: with the act, the letter, and what ends by it."""

import hashlib
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from foundation.directory.factors import recovery
from foundation.directory.factors.models import RecoveryCode
from foundation.directory.factors.passkeys import LONGEST_NAME
from foundation.directory.models import User
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.visitor import decision_context
from idp.accounts.letters import post_letter


def added(request: HttpRequest, factor: Authenticator) -> None:
    """Record that somebody added a factor, and tell them by mail."""
    _record(request, factor, Kind.FACTOR_ADDED)
    _tell(factor.user, "factor_added", factor)


@transaction.atomic
def remove(request: HttpRequest, factor: Authenticator) -> None:
    """Remove a factor; with the last one its recovery codes go: they would stand in for nothing."""
    person = factor.user
    _record(request, factor, Kind.FACTOR_REMOVED)
    _tell(person, "factor_removed", factor)
    factor.delete()
    if not Authenticator.objects.filter(user=person).exists():
        RecoveryCode.objects.filter(user=person).delete()


def rename(factor: Authenticator, name: str) -> None:
    """Call a key differently."""
    factor.data = {**factor.data, "name": name[:LONGEST_NAME]}
    factor.save(update_fields=["data"])


@transaction.atomic
def make_recovery_codes(request: HttpRequest, person: User, now: datetime) -> list[str]:
    """Replace somebody's recovery codes, and return the new ones to be shown once."""
    context = decision_context(request)
    codes = recovery.make(person, now)
    entry = Entry(
        kind=Kind.RECOVERY_CODES_MADE,
        actor=Actor.PERSON,
        person=person.pk,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        detail={"codes": len(codes)},
    )
    record([entry])
    post_letter("recovery_codes_made", person, _addresses(person))
    return codes


def _record(request: HttpRequest, factor: Authenticator, kind: Kind) -> None:
    context = decision_context(request)
    detail = {"type": str(factor.type)}
    if credential := factor.data.get("credential_id"):
        detail["credential"] = hashlib.sha256(credential.encode()).hexdigest()
    entry = Entry(
        kind=kind,
        actor=Actor.PERSON,
        person=factor.user_id,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        detail=detail,
    )
    record([entry])


def _tell(person: User, template: str, factor: Authenticator) -> None:
    name = factor.data.get("name") or factor.get_type_display()
    post_letter(template, person, _addresses(person), name=name)


def _addresses(person: User) -> list[str]:
    return [person.email] if person.email else []
