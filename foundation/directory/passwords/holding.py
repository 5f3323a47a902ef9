"""Somebody with a password, as a part of a Django user."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from foundation.base.texts.canonical_names import canonical_password
from foundation.directory.passwords.at_once import TooManyAtOnceError
from foundation.directory.passwords.checking import is_password, renewed, salt_of


class HoldsPassword(AbstractBaseUser):
    """Passwords in one form, however a keyboard composed them, at the cost of today."""

    password_set_at = models.DateTimeField(null=True, editable=False)
    """When it was chosen; None: not known, as of who was made with one."""

    class Meta:
        abstract = True

    def set_password(self, raw_password: str | None) -> None:
        """Digest a password in one form, however the keyboard composed it."""
        self.password_set_at = timezone.now()
        super().set_password(None if raw_password is None else canonical_password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Say whether it is the password; also one that was digested as it was typed.

        A right one is hashed anew where that is done in another way now. Raises
        `TooManyAtOnceError`.
        """
        typed = raw_password or ""
        canonical = canonical_password(typed)
        if not is_password(tuple(dict.fromkeys([canonical, typed])), self.password):
            return False
        self._renew_hash(canonical)
        return True

    def _renew_hash(self, password: str) -> None:
        stored = self.password
        try:
            anew = renewed(password, stored)
        except TooManyAtOnceError:  # at another sign-in, then
            return
        # A password that was changed in the meantime stays changed.
        still = type(self)._default_manager.filter(pk=self.pk, password=stored)  # noqa: SLF001
        if anew and still.update(password=anew):
            self.password = anew

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Return what ends sessions by changing: with the password, not with the cost of hashing.

        Of Django's: called for the secret in force and for older ones.
        """
        salt, value = "foundation.directory.sessions", salt_of(self.password)
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()
