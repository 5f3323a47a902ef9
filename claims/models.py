"""Attributes of people and groups, and how they become claims."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.names.naming import objections
from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel


class AttributeKind(models.TextChoices):
    """What values of an attribute look like, and how those of groups and person are combined."""

    TEXT = "text", _("Text: the person's own, else the first group's")
    LIST = "list", _("List: all values together")
    LEVEL = "level", _("Ordered level: the highest")
    FLAG = "flag", _("Yes or no: yes when anyone says yes")


@decides(label="name")
class Attribute(ConfigurationModel):
    """A fact that can be recorded of people and groups."""

    name = models.SlugField(_("name"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=100)
    kind = models.CharField(
        _("kind"), max_length=8, choices=AttributeKind.choices, default=AttributeKind.TEXT
    )
    levels = models.JSONField(
        _("levels"),
        default=list,
        blank=True,
        help_text=_("For an ordered level: the allowed values, lowest first."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Levels are different names, and only an ordered level has them."""
        levels = self.levels
        if self.kind != AttributeKind.LEVEL:
            self.levels = []
        elif not levels or not isinstance(levels, list):
            raise ValidationError({"levels": _("An ordered level needs its levels.")})
        elif not all(isinstance(level, str) and level for level in levels):
            raise ValidationError({"levels": _("A level is a name.")})
        elif len(set(levels)) < len(levels):
            raise ValidationError({"levels": _("Two levels have the same name.")})


@decides(about="person", personal=("values",))
class PersonAttributes(models.Model):
    """The attribute values recorded of one person: `{attribute name: value}`."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attributes"
    )
    values = models.JSONField(_("values"), default=dict, blank=True)

    class Meta:
        verbose_name = _("attributes of a person")
        verbose_name_plural = _("attributes of people")

    def __str__(self) -> str:
        return str(self.person)


@decides(about="group")
class GroupAttributes(ConfigurationModel):
    """The attribute values that every member of a group has."""

    group = models.OneToOneField("auth.Group", on_delete=models.CASCADE, related_name="attributes")
    values = models.JSONField(_("values"), default=dict, blank=True)

    class Meta:
        verbose_name = _("attributes of a group")
        verbose_name_plural = _("attributes of groups")

    def __str__(self) -> str:
        return str(self.group)


@decides(label="claim")
class ClaimMapping(ConfigurationModel):
    """Which claim comes from which attribute, released by which scope, into which payloads."""

    claim = models.CharField(_("claim"), max_length=200, unique=True)
    attribute = models.ForeignKey(
        Attribute, on_delete=models.CASCADE, related_name="mappings", verbose_name=_("attribute")
    )
    scope = models.CharField(_("released by the scope"), max_length=100)
    in_id_token = models.BooleanField(_("in the ID token"), default=False)
    in_access_token = models.BooleanField(_("in access tokens"), default=True)
    in_userinfo = models.BooleanField(_("in userinfo"), default=True)

    class Meta:
        ordering = ["claim"]
        verbose_name = _("claim mapping")
        verbose_name_plural = _("claim mappings")

    def __str__(self) -> str:
        return self.claim

    def clean(self) -> None:
        """Refuse names and scopes that mean something else, and what would reach nobody."""
        others = ClaimMapping.objects.exclude(pk=self.pk).values_list("claim", "scope")
        errors: dict[str, list[Any]] = {}
        if not (self.in_id_token or self.in_access_token or self.in_userinfo):
            errors["in_access_token"] = [_("Tick at least one: the claim would be nowhere.")]
        for field, sentence in objections(self.claim, self.scope, list(others)):
            errors.setdefault(field, []).append(sentence)
        if errors:
            raise ValidationError(errors)
