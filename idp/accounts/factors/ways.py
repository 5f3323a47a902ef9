"""By what somebody can confirm that it is them: only what leads to the strength that is wanted."""

from dataclasses import dataclass

from foundation.directory.factors.proofs import KNOWLEDGE, POSSESSION, Proof, Strength, strength_of
from foundation.directory.factors.selectors import Factor


@dataclass(frozen=True, slots=True)
class Ways:
    """By what somebody can confirm that it is them."""

    password: bool
    code: bool
    passkey: bool

    @property
    def any(self) -> bool:
        """There is one."""
        return self.password or self.code or self.passkey


def ways_to(
    wanted: Strength, factors: tuple[Factor, ...], *, has_password: bool, proved: tuple[Proof, ...]
) -> Ways:
    """Return the ways that lead to a strength, beside what counts as proved already.

    Only what is missing: a second factor of the kind that is proved leads nowhere. Once the
    strength is reached any way confirms that the same person is there.
    """
    reached = strength_of(proved)
    is_there = bool(proved) and reached >= wanted
    kinds = {proof.kind for proof in proved}
    within_two = is_there or wanted <= Strength.TWO_FACTORS

    def helps(kind: str) -> bool:
        is_missing = kind not in kinds and (bool(factors) or wanted is Strength.ONE_FACTOR)
        return within_two and (is_there or wanted is Strength.ONE_FACTOR or is_missing)

    return Ways(
        password=has_password and helps(KNOWLEDGE),
        code=any(not factor.is_passkey for factor in factors) and helps(POSSESSION),
        passkey=any(
            factor.strength is Strength.PHISHING_RESISTANT or helps(POSSESSION)
            for factor in factors
            if factor.answers
        ),
    )
