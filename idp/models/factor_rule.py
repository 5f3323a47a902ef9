"""Who must have which factor, and since when a rule has been about somebody."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.directory.factors.proofs import Strength


class Whom(models.TextChoices):
    """Whom a rule is about."""

    ADMINISTRATORS = "administrators", _("Administrators")
    EVERYBODY = "everybody", _("Everybody")
    GROUP = "group", _("Members of a group")
    ATTRIBUTE = "attribute", _("People with an attribute")


class Wanted(models.IntegerChoices):
    """How strong their sign-in has to be; the numbers are those of `Strength`."""

    SECOND_FACTOR = Strength.TWO_FACTORS, _("Any second factor")
    PASSKEY = Strength.PHISHING_RESISTANT, _("A passkey that asks for PIN, finger or face")


@decides(label="name")
class FactorRule(ConfigurationModel):
    """Whoever it is about signs in so strongly, once the time for setting it up is over."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    whom = models.CharField(_("whom"), max_length=16, choices=Whom.choices, default=Whom.GROUP)
    group = models.ForeignKey(
        "auth.Group",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("group"),
    )
    attribute = models.ForeignKey(
        "claims.Attribute",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("attribute"),
    )
    value = models.CharField(
        _("value"),
        max_length=255,
        blank=True,
        help_text=_(
            "Of an ordered level this one or a higher one, of a list one of its values; empty: any."
        ),
    )
    wants = models.PositiveSmallIntegerField(
        _("has to have"), choices=Wanted.choices, default=Wanted.SECOND_FACTOR
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days to set it up"),
        default=14,
        validators=[MaxValueValidator(365)],
        help_text=_(
            "Counted from the first sign-in of somebody to whom the rule applies; 0: at once."
        ),
    )
    is_on = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("factor rule")
        verbose_name_plural = _("factor rules")
        constraints = [
            models.CheckConstraint(
                condition=~Q(whom="administrators") | Q(is_on=True), name="admins_always"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say what a rule of its kind lacks; what belongs to another kind is dropped."""
        if self.whom != Whom.GROUP:
            self.group = None
        elif self.group_id is None:
            raise ValidationError({"group": _("Which group?")})
        if self.whom != Whom.ATTRIBUTE:
            self.attribute, self.value = None, ""
        elif self.attribute is None:
            raise ValidationError({"attribute": _("Which attribute?")})
        elif self.attribute.levels and self.value and self.value not in self.attribute.levels:
            raise ValidationError({"value": _("The attribute has no such level.")})


class MetRule(models.Model):
    """When a rule met somebody first: the days to set it up begin then.

    A rule that comes to want more begins anew.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="met_rules"
    )
    rule = models.ForeignKey(FactorRule, on_delete=models.CASCADE, related_name="met")
    wants = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "rule", "wants"], name="rule_met_once")
        ]

    def __str__(self) -> str:
        return str(self.at)
