"""What the house is called and looks like."""

from typing import Any

from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.base.house.wording import validate_name, validate_plain_address

THE_ONE = 1
"""The key of the only row that counts."""
LONGEST_NAME = 60
only_https = URLValidator(schemes=["https"], message=_("An address that begins with https://."))
hexadecimal = RegexValidator(
    r"^#[0-9a-f]{6}\Z", _("A colour such as #0b5c62: # and six digits or letters from a to f.")
)


def _page_of_the_house(label: Any) -> models.URLField:  # type: ignore[type-arg]
    return models.URLField(
        label, max_length=500, blank=True, validators=[only_https, validate_plain_address]
    )


def _colour(label: Any) -> models.CharField:  # type: ignore[type-arg]
    return models.CharField(label, max_length=7, blank=True, validators=[hexadecimal])


@decides(label="product_name")
class House(ConfigurationModel):
    """One row, `THE_ONE`; what is empty in it is ours. No row is a row of which all is empty."""

    product_name = models.CharField(
        _("name"), max_length=LONGEST_NAME, blank=True, validators=[validate_name]
    )
    accent_light = _colour(_("colour on light"))
    accent_dark = _colour(_("colour on dark"))
    logo_light = models.CharField(_("logo on light"), max_length=64, blank=True)
    """Digest of a `HousePicture`."""
    logo_dark = models.CharField(_("logo on dark"), max_length=64, blank=True)
    logo_says_name = models.BooleanField(_("the logo says the name"), default=False)
    support_address = models.EmailField(
        _("support address"), blank=True, validators=[validate_plain_address]
    )
    imprint_uri = _page_of_the_house(_("imprint"))
    privacy_uri = _page_of_the_house(_("privacy notice"))
    terms_uri = _page_of_the_house(_("terms of use"))

    class Meta:
        verbose_name = _("name and looks")
        verbose_name_plural = _("name and looks")

    def __str__(self) -> str:
        return self.product_name


@decides(label="letter")
class MailText(ConfigurationModel):
    """What the house says in one kind of mail (`letters.LETTERS`) in one language."""

    letter = models.CharField(_("mail"), max_length=64)
    language = models.CharField(_("language"), max_length=16)
    subject = models.CharField(_("subject of the mail"), max_length=150)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        constraints = (
            models.UniqueConstraint(fields=["letter", "language"], name="one_text_of_a_mail"),
        )

    def __str__(self) -> str:
        return f"{self.letter} ({self.language})"


class HousePicture(models.Model):
    """A picture under the SHA-256 of its bytes; shown where the house's row names it."""

    digest = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=16)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest
