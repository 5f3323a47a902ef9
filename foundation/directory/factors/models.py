"""What may be used once, of factors whose rows are `allauth.mfa`'s."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FactorCounter(models.Model):
    """How far a factor has been used; it only ever rises.

    Of an authenticator app the last time step (RFC 6238 §5.2), of a passkey the signature counter
    (WebAuthn §6.1.1), which a copy of the key would repeat.
    """

    factor = models.OneToOneField(
        "mfa.Authenticator", on_delete=models.CASCADE, primary_key=True, related_name="counter"
    )
    value = models.BigIntegerField(default=0)
    credential = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - none is no value
    """Digest of what names a passkey (WebAuthn §6.1): one credential is one person's, once."""

    class Meta:
        verbose_name = _("factor counter")
        verbose_name_plural = _("factor counters")

    def __str__(self) -> str:
        return str(self.value)


class RecoveryCode(models.Model):
    """One code that stands in for a lost factor, once: it is deleted when it is used."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_of_person")
        ]

    def __str__(self) -> str:
        return str(self.made_at)


class RememberedDevice(models.Model):
    """A device on which somebody proved a factor, and is not asked for it again for a while."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="remembered_devices"
    )
    factor = models.ForeignKey(
        "mfa.Authenticator", on_delete=models.CASCADE, related_name="remembered_on"
    )
    """What it stands for; it ends with it."""
    digest = models.CharField(max_length=64, unique=True)
    password_mark = models.CharField(max_length=64)
    """Another one after the password was changed."""
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    proved_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("remembered device")
        verbose_name_plural = _("remembered devices")

    def __str__(self) -> str:
        return f"{self.browser} {self.system}".strip()
