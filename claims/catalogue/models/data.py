"""Data of resource servers: how sensitive it is, and who answers for it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel

PATTERN_HELP = _(
    "Names with dots, such as finance.payments.card_number; a star stands for anything: hr.*"
)


@decides(label="pattern")
class DataOwner(ConfigurationModel):
    """A person who answers for data of one resource server."""

    resource_server = models.CharField(_("resource server"), max_length=255)
    pattern = models.CharField(_("data"), max_length=255, help_text=PATTERN_HELP)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("owner of data")
        verbose_name_plural = _("owners of data")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "resource_server", "pattern"], name="one_ownership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pattern}: {self.person}"

    def clean(self) -> None:
        """Refuse a pattern that can never match."""
        clean_pattern(self.pattern)


class Level(models.TextChoices):
    """How sensitive data is, and how loud the screen says so."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    CONFIDENTIAL = "confidential", _("Confidential")
    SECRET = "secret", _("Highly sensitive")


@decides(label="pattern")
class SensitivityLabel(ConfigurationModel):
    """How sensitive columns are, as the approval screen shows it."""

    resource_server = models.CharField(_("resource server"), max_length=255)
    pattern = models.CharField(_("data"), max_length=255, help_text=PATTERN_HELP)
    level = models.CharField(_("sensitivity"), max_length=16, choices=Level.choices)
    label = models.CharField(
        _("in words"), max_length=100, blank=True, help_text=_("For example: salary, card number.")
    )
    tags = models.CharField(
        _("tags"),
        max_length=200,
        blank=True,
        help_text=_("Words for policies, with spaces between: personal payment-card."),
    )

    class Meta:
        ordering = ["resource_server", "pattern"]
        verbose_name = _("sensitivity")
        verbose_name_plural = _("sensitivities")
        constraints = [
            models.UniqueConstraint(
                fields=["resource_server", "pattern"], name="one_sensitivity_per_pattern"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pattern}: {self.level}"

    def clean(self) -> None:
        """Refuse a pattern that can never match."""
        clean_pattern(self.pattern)


def clean_pattern(pattern: str) -> None:
    """Raise ValidationError for a pattern with an empty part: it would never match."""
    if not all(part.strip() == part and part for part in pattern.split(".")):
        raise ValidationError({"pattern": _("Names with dots between them, without spaces.")})
