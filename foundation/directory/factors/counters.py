"""Counters that only rise: the one place where the use of a factor is decided."""

from allauth.mfa.models import Authenticator

from foundation.directory.factors.models import FactorCounter


def begin(factor: Authenticator, value: int) -> None:
    """Remember where the counter of a new factor stands."""
    FactorCounter.objects.create(factor=factor, value=value)


def advance(factor: Authenticator, value: int) -> bool:
    """Raise the counter; False when it stands there already, or higher.

    Of any number at the same time one succeeds.
    """
    FactorCounter.objects.get_or_create(factor=factor, defaults={"value": -1})
    return FactorCounter.objects.filter(factor=factor, value__lt=value).update(value=value) == 1
