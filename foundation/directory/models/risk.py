"""What a risk score is made of, what it leads to, and the past sign-ins that it is judged by."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel

HUNDRED = (MinValueValidator(0), MaxValueValidator(100))


class RiskPart(models.TextChoices):
    """What a sign-in is judged by."""

    NEW_DEVICE = "new_device", _("New device")
    UNUSUAL_NETWORK = "unusual_network", _("Unusual network")
    UNUSUAL_HOUR = "unusual_hour", _("Unusual hour")
    FAILED_ATTEMPTS = "failed_attempts", _("Failed attempts before")
    IMPOSSIBLE_SPEED = "impossible_speed", _("Impossible speed")
    NETWORK_CHANGED = "network_changed", _("Network changed within the session")
    BROWSER_CHANGED = "browser_changed", _("Browser changed within the session")


@decides(label="part")
class RiskWeight(ConfigurationModel):
    """How much one part counts."""

    part = models.CharField(_("part"), max_length=32, choices=RiskPart.choices, unique=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        validators=HUNDRED,
        help_text=_("What the part adds to the score when it applies in full, 0 to 100."),
    )
    is_on = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("risk weight")
        verbose_name_plural = _("risk weights")

    def __str__(self) -> str:
        return str(self.get_part_display())


class Effect(models.TextChoices):
    """What a high score leads to."""

    ASK_AGAIN = "ask_again", _("Ask to sign in again")
    END_SESSION = "end_session", _("End the session")


@decides(label="effect")
class RiskThreshold(ConfigurationModel):
    """From which score on something happens."""

    effect = models.CharField(_("effect"), max_length=32, choices=Effect.choices, unique=True)
    score = models.PositiveSmallIntegerField(
        _("from score"),
        validators=(MinValueValidator(1), MaxValueValidator(100)),
        help_text=_("1 to 100. A score of 100 is the highest there is."),
    )
    is_on = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("risk threshold")
        verbose_name_plural = _("risk thresholds")

    def __str__(self) -> str:
        return str(self.get_effect_display())


class Occasion(models.TextChoices):
    """Why a session was assessed."""

    SIGN_IN = "sign_in", _("Signed in")
    REAUTHENTICATION = "reauthentication", _("Confirmed with the password")
    CHANGE = "change", _("Went on elsewhere")


class SignInRecord(models.Model):
    """One assessment of a session. The trusted ones are what later sign-ins are compared with."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_records"
    )
    at = models.DateTimeField()
    occasion = models.CharField(max_length=16, choices=Occasion.choices)
    sid = models.CharField(max_length=64, db_index=True)
    network = models.CharField(max_length=43, blank=True)
    """/24 or /48; empty where the server knows no address of its peer. Never the full address."""
    device = models.CharField(max_length=64, blank=True)
    """Digest of the device cookie for this person; empty: none was sent."""
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    """Names such as Firefox and Linux; the User-Agent header itself is not kept."""
    score = models.PositiveSmallIntegerField()
    parts = models.JSONField(default=list)
    """`JudgedPart.as_json()` of each."""
    is_trusted = models.BooleanField()
    """Later sign-ins may look like this one."""
    has_ended_session = models.BooleanField(default=False)
    disowned_at = models.DateTimeField(null=True)
    """When the person said that it was not them."""

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"], name="sign_in_record_user"),
            models.Index(fields=["at"], name="sign_in_record_at"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.score}"


class FailedSignIn(models.Model):
    """One refused password. Whether the account exists is not looked up, and not kept."""

    account = models.CharField(max_length=64)
    """Peppered digest of the name that was typed."""
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="failed_sign_in_account")]

    def __str__(self) -> str:
        return str(self.at)
