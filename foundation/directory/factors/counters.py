"""Counters that only rise: the one place where the use of a factor is decided."""

from hashlib import sha256

from allauth.mfa.models import Authenticator

from foundation.directory.factors.models import FactorCounter


def begin(factor: Authenticator, value: int, credential: bytes = b"") -> None:
    """Remember where the counter of a new factor stands, and which credential it is.

    Raises IntegrityError for one that is registered already, by whomever.
    """
    named = sha256(credential).hexdigest() if credential else None
    FactorCounter.objects.create(factor=factor, value=value, credential=named)


def advance(factor: Authenticator, value: int) -> bool:
    """Raise the counter; False when it stands there already, or higher.

    Of any number at the same time one succeeds.
    """
    FactorCounter.objects.get_or_create(factor=factor, defaults={"value": -1})
    return FactorCounter.objects.filter(factor=factor, value__lt=value).update(value=value) == 1
