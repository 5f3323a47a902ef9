"""Rules about factors for tests."""

from typing import Any

from django.contrib.auth.models import Group

from foundation.directory.models import User
from idp.models import FactorRule, Wanted, Whom

DUE = "/accounts/due/"
SECOND, PASSKEY = Wanted.SECOND_FACTOR, Wanted.PASSKEY


def rule_about_group(name: str = "analysts", *members: User, **said: Any) -> FactorRule:
    """Return a rule about a group, in force at once unless told otherwise."""
    group, _ = Group.objects.get_or_create(name=name)
    group.user_set.add(*members)
    said = {"wants": SECOND, "grace_days": 0, **said}
    return FactorRule.objects.create(name=f"rule of {name}", whom=Whom.GROUP, group=group, **said)


def rule_about_everybody(**said: Any) -> FactorRule:
    """Return a rule about everybody, in force at once unless told otherwise."""
    said = {"wants": SECOND, "grace_days": 0, **said}
    return FactorRule.objects.create(name="everybody", whom=Whom.EVERYBODY, **said)


def set_administrators(**said: Any) -> None:
    """Set the built-in rule."""
    rule = FactorRule.objects.get(whom=Whom.ADMINISTRATORS)
    for name, value in said.items():
        setattr(rule, name, value)
    rule.save()
