"""The rules of the administration about factors, kept in process until the epoch changes."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps as installed

from foundation.base.configuration.kept import Kept
from foundation.directory.factors.proofs import Strength
from foundation.directory.models import User
from idp.models.factor_rule import FactorRule, Whom

SECOND_FACTOR, PASSKEY = Strength.TWO_FACTORS, Strength.PHISHING_RESISTANT
"""What a rule can want; no number in the database makes it less than the first."""
NAME_OF_ADMINISTRATORS = "Administrators"
GRACE_OF_ADMINISTRATORS = 7
"""Days; whoever sets the first administrator up has to sign in before there is a factor."""


@dataclass(frozen=True, slots=True)
class FactorRuleInUse:
    """One rule that is on."""

    key: int
    whom: str
    strength: Strength
    grace_days: int
    group: int | None = None
    attribute: str = ""
    values: tuple[str, ...] = ()
    """What the attribute has to be, any of them; empty: anything but nothing."""

    def is_about(self, groups: Collection[int], attributes: Mapping[str, Any]) -> bool:
        """Say whether it is about somebody with these; administrators are asked for elsewhere."""
        if self.whom == Whom.EVERYBODY:
            return True
        if self.whom == Whom.GROUP:
            return self.group in groups
        return self._has_value(attributes.get(self.attribute))

    def _has_value(self, value: Any) -> bool:
        if isinstance(value, bool):
            value = "true" if value else ""
        values = value if isinstance(value, tuple | list) else (value,)
        said = {str(each) for each in values if each}
        return bool(said & set(self.values)) if self.values else bool(said)


@dataclass(frozen=True)
class FactorRules:
    """All that are on."""

    of_administrators: tuple[FactorRuleInUse, ...]
    others: tuple[FactorRuleInUse, ...]

    @cached_property
    def version(self) -> str:
        """Another text for other rules."""
        said = repr((self.of_administrators, self.others))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def is_administrator(person: User) -> bool:
    """Say whether somebody may use the administration."""
    return bool(person.is_staff or person.is_superuser)


def install_administrators(apps: Any = installed) -> None:
    """Create the rule about administrators where it is missing; what was changed stays."""
    rules = apps.get_model("idp", "FactorRule").objects
    if not rules.filter(whom=Whom.ADMINISTRATORS.value).exists():
        rules.create(
            whom=Whom.ADMINISTRATORS.value,
            name=NAME_OF_ADMINISTRATORS,
            wants=SECOND_FACTOR.value,
            grace_days=GRACE_OF_ADMINISTRATORS,
        )


def _load() -> FactorRules:
    rows = FactorRule.objects.filter(is_on=True).select_related("attribute").order_by("pk")
    rules = [_rule(row) for row in rows]
    return FactorRules(
        tuple(rule for rule in rules if rule.whom == Whom.ADMINISTRATORS),
        tuple(rule for rule in rules if rule.whom != Whom.ADMINISTRATORS),
    )


def _rule(row: FactorRule) -> FactorRuleInUse:
    values: tuple[str, ...] = (row.value,) if row.value else ()
    if row.attribute is not None and values and row.value in row.attribute.levels:
        values = tuple(row.attribute.levels[row.attribute.levels.index(row.value) :])
    return FactorRuleInUse(
        key=row.pk,
        whom=row.whom,
        strength=PASSKEY if row.wants >= PASSKEY else SECOND_FACTOR,
        grace_days=row.grace_days,
        group=row.group_id,
        attribute=row.attribute.name if row.attribute else "",
        values=values,
    )


_kept = Kept(_load)


def current_rules() -> FactorRules:
    """Return the rules of this epoch. Warm: no statement."""
    return _kept.get()
