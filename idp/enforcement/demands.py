"""What the rules demand of one person, and from when on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from claims.subject import memberships_and_attributes
from foundation.directory.factors.proofs import Strength
from foundation.directory.models import User
from idp.enforcement.rules import FactorRuleInUse, current_rules, is_administrator
from idp.models.factor_rule import MetRule


@dataclass(frozen=True, slots=True)
class FactorDemand:
    """So strong a sign-in, from a moment on."""

    strength: Strength
    since: int
    """Seconds (Unix time)."""

    @property
    def begins_at(self) -> datetime:
        """The moment."""
        return datetime.fromtimestamp(self.since, UTC)


def is_anything_demanded(person: User) -> bool:
    """Say whether there is a rule that could be about somebody. No statement."""
    rules = current_rules()
    return bool(rules.others or (rules.of_administrators and is_administrator(person)))


def demands_on(person: User, now: datetime) -> tuple[FactorDemand, ...]:
    """Return what is demanded of somebody now or later, and note which rules meet them first.

    Two statements where there are rules about more than administrators, else one; and one for the
    rules that are met first.
    """
    rules = tuple(_rules_about(person))
    if not rules:
        return ()
    found = MetRule.objects.filter(person=person.pk, rule__in=[rule.key for rule in rules])
    met = {(key, wants): at for key, wants, at in found.values_list("rule_id", "wants", "at")}
    new = [rule for rule in rules if (rule.key, rule.strength) not in met]
    MetRule.objects.bulk_create(
        [
            MetRule(person=person, rule_id=rule.key, wants=rule.strength.value, at=now)
            for rule in new
        ],
        ignore_conflicts=True,
    )
    return tuple(_demand(rule, met.get((rule.key, rule.strength), now)) for rule in rules)


def most_demanded(person: User) -> Strength:
    """Return what somebody has to be able to reach, whether it is due yet or not."""
    rules = _rules_about(person)
    return max((rule.strength for rule in rules), default=Strength.ONE_FACTOR)


def _demand(rule: FactorRuleInUse, met_at: datetime) -> FactorDemand:
    begins = met_at + timedelta(days=rule.grace_days)
    return FactorDemand(rule.strength, int(begins.timestamp()))


def _rules_about(person: User) -> Iterator[FactorRuleInUse]:
    rules = current_rules()
    if is_administrator(person):
        yield from rules.of_administrators
    if rules.others:
        groups, attributes = memberships_and_attributes(person.pk)
        yield from (rule for rule in rules.others if rule.is_about(groups, attributes))
