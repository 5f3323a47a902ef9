"""Which factors somebody has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator

from foundation.directory.factors.models import RecoveryCode
from foundation.directory.factors.proofs import Strength

OFF_SINCE = "off_since"
"""Member of a key that answers nothing any more: when that began."""


def is_off(data: Mapping[str, Any]) -> bool:
    """Say whether a key was switched off, since there may be a copy of it."""
    return OFF_SINCE in data


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of somebody."""

    key: int
    type: str
    """Of `Authenticator.Type`."""
    name: str
    added_at: datetime
    last_used_at: datetime | None
    data: Mapping[str, Any]

    @property
    def is_passkey(self) -> bool:
        """A passkey or security key."""
        return bool(self.type == Authenticator.Type.WEBAUTHN)

    @property
    def is_off(self) -> bool:
        """It answers nothing any more: there may be a copy of it."""
        return is_off(self.data)

    @property
    def answers(self) -> bool:
        """It is a passkey that can be used."""
        return self.is_passkey and not self.is_off

    @property
    def verifies(self) -> bool:
        """It asked for PIN, finger or face when it was added."""
        return bool(self.data.get("verifies"))

    @property
    def is_synced(self) -> bool:
        """It may be on several devices (WebAuthn §6.1.3)."""
        return bool(self.data.get("synced"))

    @property
    def strength(self) -> Strength:
        """What a sign-in with it and the password can reach."""
        if self.is_off:
            return Strength.ONE_FACTOR
        if self.is_passkey and self.verifies:
            return Strength.PHISHING_RESISTANT
        return Strength.TWO_FACTORS


def factors_of(person: UUID) -> tuple[Factor, ...]:
    """Return somebody's factors, the oldest first. One statement."""
    rows = Authenticator.objects.filter(user=person).order_by("created_at", "pk")
    return tuple(
        Factor(
            key=row.pk,
            type=row.type,
            name=str(row.data.get("name") or ""),
            added_at=row.created_at,
            last_used_at=row.last_used_at,
            data=row.data,
        )
        for row in rows
    )


def reachable(person: UUID) -> Strength:
    """Return how strong a sign-in of somebody can be with the factors they have."""
    strengths = [factor.strength for factor in factors_of(person) if not factor.is_off]
    if not strengths and RecoveryCode.objects.filter(user=person).exists():
        return Strength.TWO_FACTORS
    return max(strengths, default=Strength.ONE_FACTOR)
