"""What the proofs of one browser session amount to: how strong it is, and by which methods.

allauth keeps a record of each in the session; passkeys add what their answer said of itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Self

from allauth.mfa.models import Authenticator

KNOWLEDGE, POSSESSION = "knowledge", "possession"
"""What a proof is of; two of one kind are one factor."""
VERIFIED, SYNCED = "user_verified", "synced"
"""Members of a passkey's record: whether it asked for PIN or finger, and may be on many devices."""
STRENGTH, METHODS = "strength", "methods"
"""Members of the record of a sign-in elsewhere: what the provider's table makes of its `acr`, and
the members of its `amr` that are passed on."""


class Strength(IntEnum):
    """How strong a sign-in can be; `acr` values stand for these, weakest first."""

    ONE_FACTOR = 1
    TWO_FACTORS = 2
    PHISHING_RESISTANT = 3
    """By a passkey that verified the person: bound to this site, and two factors in one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One way in which the person proved who they are, and when."""

    method: str
    """`password`, or the type of a factor."""
    at: datetime
    is_verified: bool = False
    """Of a passkey: it asked for PIN, finger or face."""
    is_synced: bool = False
    """Of a passkey: it may be on several devices (WebAuthn §6.1.3)."""
    provider: str = ""
    """Of a sign-in elsewhere: by whose word, by its name in addresses."""
    strength: Strength = Strength.ONE_FACTOR
    """Of a sign-in elsewhere: what it is vouched to have been by itself."""
    methods: tuple[str, ...] = ()
    """Of a sign-in elsewhere: what its `amr` said, as far as it is passed on."""

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Self:
        """Return what a record of allauth's says."""
        method = str(record["method"])
        return cls(
            method=str(record.get("type", "")) if method == "mfa" else method,
            at=datetime.fromtimestamp(record["at"], UTC),
            is_verified=bool(record.get(VERIFIED)),
            is_synced=bool(record.get(SYNCED)),
            provider=str(record.get("provider", "")) if method == UPSTREAM else "",
            strength=Strength(record.get(STRENGTH, Strength.ONE_FACTOR)),
            methods=tuple(record.get(METHODS, ())),
        )

    @property
    def kind(self) -> str:
        """What it is a proof of: something known, or something held."""
        return KNOWLEDGE if self.method in OF_KNOWLEDGE else POSSESSION

    @property
    def signs_in(self) -> bool:
        """Say whether somebody can sign in by it alone: a second factor only adds to another."""
        return self.kind == KNOWLEDGE or self.is_verified

    @property
    def amr(self) -> tuple[str, ...]:
        """RFC 8176 §2: what it was, and nothing that is only supposed.

        How a passkey verified the person, by PIN or finger, it does not say.
        """
        if self.method == Authenticator.Type.WEBAUTHN:
            return ("swk" if self.is_synced else "hwk", "user")
        return AMR_OF_METHOD.get(self.method, self.methods)


REMEMBERED = "remembered"
"""The method of a device that stands for a factor proved on it before."""
UPSTREAM = "socialaccount"
"""The method of a sign-in at another provider."""
OF_KNOWLEDGE = frozenset({"password", UPSTREAM})
"""Another provider's word is one factor, and none beside a password: it may be the same one."""
AMR_OF_METHOD: dict[str, tuple[str, ...]] = {
    "password": ("pwd",),
    Authenticator.Type.TOTP: ("otp",),
    Authenticator.Type.RECOVERY_CODES: ("otp",),
}


def strength_of(proofs: Iterable[Proof]) -> Strength:
    """Return how strong the proofs are together."""
    proofs = tuple(proofs)
    if any(proof.is_verified for proof in proofs):
        return Strength.PHISHING_RESISTANT
    kinds = {proof.kind for proof in proofs}
    together = Strength.TWO_FACTORS if len(kinds) > 1 else Strength.ONE_FACTOR
    return max((together, *(proof.strength for proof in proofs)))


def amr_of(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """Return the `amr` of a session (OIDC Core §2), `mfa` when there was more than one factor.

    A remembered device is none of the methods of RFC 8176, and what it stands for was not used.
    """
    proofs = tuple(proof for proof in proofs if proof.method != REMEMBERED)
    names = {name for proof in proofs for name in proof.amr}
    if strength_of(proofs) > Strength.ONE_FACTOR:
        names.add("mfa")
    return tuple(sorted(names))
