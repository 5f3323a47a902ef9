"""The scope catalogue."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.directory.level_field import LevelField


class ScopeCard(models.TextChoices):
    """Where on the consent screen a scope stands."""

    PERSONAL = "personal", _("Personal information")
    ACCESS = "access", _("Application access")


class ScopePolicy(models.TextChoices):
    """How a scope is put to the person."""

    IMPLICIT = "implicit", _("Granted without asking")
    OPTIONAL = "optional", _("The person may leave it off")
    REQUIRED = "required", _("The application cannot work without it")
    EMPHASISED = "emphasised", _("Optional, with a warning")
    CLIENT = "client", _("For applications themselves; people are never asked")


@decides(label="name")
class Scope(ConfigurationModel):
    """An entry of the scope catalogue."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=100)
    sentence = models.CharField(
        _("sentence"), max_length=300, help_text=_("What the application may do, in plain words.")
    )
    translations = models.JSONField(
        _("translations"),
        default=dict,
        blank=True,
        help_text=_('For other languages: {"de": {"title": "…", "sentence": "…"}}'),
    )
    card = models.CharField(
        _("card"), max_length=16, choices=ScopeCard.choices, default=ScopeCard.PERSONAL
    )
    policy = models.CharField(
        _("policy"), max_length=16, choices=ScopePolicy.choices, default=ScopePolicy.OPTIONAL
    )
    ticked = models.BooleanField(_("ticked at first"), default=True)
    resource_server = models.CharField(_("resource server"), max_length=255, blank=True)
    minimum_acr = LevelField(_("minimum acr"))
    maximum_lifetime = models.PositiveIntegerField(
        _("longest time it may be granted for (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(60)],
    )
    text_version = models.PositiveIntegerField(_("text version"), default=1)
    position = models.PositiveIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")

    def __str__(self) -> str:
        return self.name
