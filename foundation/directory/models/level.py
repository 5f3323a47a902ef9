"""The levels of sign-in (`acr`, OIDC Core §2), as they are called here."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel

LEVEL_NAME = RegexValidator(
    r"\A[\x21\x23-\x5b\x5d-\x7e]+\Z",
    _("Use printable ASCII characters without spaces, quotation marks and backslashes."),
)
"""`acr_values` are separated by spaces, and quoted in challenges (RFC 9470 §3)."""


class Takes(models.IntegerChoices):
    """What a sign-in has to be for a level: the strengths that proofs can amount to."""

    ONE_FACTOR = 1, _("One factor, such as a password")
    TWO_FACTORS = 2, _("Two factors")
    PHISHING_RESISTANT = 3, _("A passkey that asks for PIN, finger or face")


@decides(label="value")
class SignInLevel(ConfigurationModel):
    """One level: what `acr` says of it, and what it takes. The order is that of what they take."""

    takes = models.PositiveSmallIntegerField(_("what it takes"), choices=Takes.choices, unique=True)
    value = models.CharField(
        _("value of acr"),
        max_length=255,
        unique=True,
        validators=[LEVEL_NAME],
        help_text=_("A URI, or a name that applications and resource servers know."),
    )
    title = models.CharField(_("title"), max_length=100)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    """For other languages: `{"de": {"title": "…"}}`."""

    class Meta:
        ordering = ("takes",)
        verbose_name = _("level of sign-in")
        verbose_name_plural = _("levels of sign-in")

    def __str__(self) -> str:
        return f"{self.title} ({self.value})"
