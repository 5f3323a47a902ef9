"""Adding, naming and removing factors: with the act, the letter, and what ends by it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from foundation.directory.factors import passkeys, recovery, remembered
from foundation.directory.factors.models import RecoveryCode
from foundation.directory.factors.passkeys import LONGEST_NAME, TYPE
from foundation.directory.factors.proofs import Strength
from foundation.directory.factors.selectors import factors_of, reachable
from foundation.directory.factors.signing import fingerprint
from foundation.directory.models import User
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.visitor import decision_context
from idp.accounts.letters import post_letter
from idp.enforcement.demands import most_demanded


def added(request: HttpRequest, factor: Authenticator) -> None:
    """Record that somebody added a factor, and tell them by mail."""
    _record(request, factor, Kind.FACTOR_ADDED)
    _tell(factor.user, "factor_added", factor)


class StillDemandedError(Exception):
    """A rule demands of the person what they could not reach any more without the factor."""


def is_demanded(factor: Authenticator) -> bool:
    """Say whether a rule demands what somebody could not reach without one of their factors.

    Whoever cannot reach it as it is may remove what they like.
    """
    wanted = most_demanded(factor.user)
    if wanted is Strength.ONE_FACTOR:
        return False
    factors = factors_of(factor.user_id)
    others = [each.strength for each in factors if each.key != factor.pk]
    return max(others, default=Strength.ONE_FACTOR) < min(wanted, reachable(factor.user_id))


@transaction.atomic
def remove(request: HttpRequest, factor: Authenticator) -> None:
    """Remove a factor; with the last one its recovery codes go: they would stand in for nothing.

    Raises `StillDemandedError`.
    """
    # Locked, so that of the last two, removed at the same moment, one stays.
    person = User.objects.select_for_update().get(pk=factor.user_id)
    if is_demanded(factor):
        raise StillDemandedError
    _record(request, factor, Kind.FACTOR_REMOVED)
    _tell(person, "factor_removed", factor)
    factor.delete()
    remembered.forget(person.pk)
    if not Authenticator.objects.filter(user=person).exists():
        RecoveryCode.objects.filter(user=person).delete()


@transaction.atomic
def end_all(person: User) -> None:
    """End every factor of somebody, with the act of each; nobody is there, and nobody is told."""
    factors = list(Authenticator.objects.select_for_update().filter(user=person))
    acts = [
        Entry(Kind.FACTOR_REMOVED, Actor.SYSTEM, person=person.pk, detail=_detail_of(factor))
        for factor in factors
    ]
    if acts:
        record(acts)
    Authenticator.objects.filter(pk__in=[factor.pk for factor in factors]).delete()
    RecoveryCode.objects.filter(user=person).delete()


def rename(factor: Authenticator, name: str) -> None:
    """Call a key differently."""
    factor.data = {**factor.data, "name": name[:LONGEST_NAME]}
    factor.save(update_fields=["data"])


@transaction.atomic
def make_recovery_codes(request: HttpRequest, person: User, now: datetime) -> list[str]:
    """Replace somebody's recovery codes, and return the new ones to be shown once."""
    codes = recovery.make(person, now)
    _write(request, person.pk, Kind.RECOVERY_CODES_MADE, {"codes": len(codes)})
    post_letter("recovery_codes_made", person, _addresses(person))
    return codes


def recovery_code_used(request: HttpRequest, person: User) -> None:
    """Record that somebody used a recovery code, and tell them how many they have left."""
    left = recovery.left(person)
    _write(request, person.pk, Kind.RECOVERY_CODE_USED, {"left": left})
    post_letter("recovery_code_used", person, _addresses(person), left=left)


@transaction.atomic
def switch_off_copied(request: HttpRequest, factor: Authenticator, now: datetime) -> None:
    """Switch a key off of which there seems to be a copy; nobody can say which of them asks."""
    if passkeys.switch_off(factor, now):
        remembered.forget(factor.user_id)
        _record(request, factor, Kind.FACTOR_COPIED, Actor.SYSTEM)
        _tell(factor.user, "factor_copied", factor)


def _record(
    request: HttpRequest, factor: Authenticator, kind: Kind, actor: Actor = Actor.PERSON
) -> None:
    _write(request, factor.user_id, kind, _detail_of(factor), actor)


def _detail_of(factor: Authenticator) -> dict[str, str]:
    detail = {"type": str(factor.type)}
    if credential := factor.data.get("credential_id"):
        detail["credential"] = hashlib.sha256(credential.encode()).hexdigest()
    if factor.type == TYPE:
        # So that the chain says whose which public key was, and since when.
        detail["key"] = fingerprint(factor)
    return detail


def _write(
    request: HttpRequest,
    person: UUID,
    kind: Kind,
    detail: Mapping[str, Any],
    actor: Actor = Actor.PERSON,
) -> None:
    context = decision_context(request)
    entry = Entry(
        kind=kind,
        actor=actor,
        person=person,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        detail=dict(detail),
    )
    record([entry])


def _tell(person: User, template: str, factor: Authenticator) -> None:
    name = factor.data.get("name") or factor.get_type_display()
    post_letter(template, person, _addresses(person), name=name)


def _addresses(person: User) -> list[str]:
    return [person.email] if person.email else []
