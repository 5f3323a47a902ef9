"""People. The primary key is the subject: opaque, stable, never reused (OIDC Core §2 `sub`)."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person, with the standard claims of OIDC Core §5.1 and what SCIM (RFC 7643 §4.1) needs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    name = models.CharField(_("full name"), max_length=255, blank=True)
    given_name = models.CharField(_("given name"), max_length=150, blank=True)
    middle_name = models.CharField(_("middle name"), max_length=150, blank=True)
    family_name = models.CharField(_("family name"), max_length=150, blank=True)
    nickname = models.CharField(_("nickname"), max_length=150, blank=True)
    profile = models.URLField(_("profile page"), blank=True)
    picture = models.URLField(_("picture"), blank=True)
    website = models.URLField(_("website"), blank=True)
    gender = models.CharField(_("gender"), max_length=50, blank=True)
    birthdate = models.CharField(
        _("birth date"), max_length=10, blank=True, help_text=_("YYYY-MM-DD, or only YYYY.")
    )
    zoneinfo = models.CharField(_("time zone"), max_length=64, blank=True)
    locale = models.CharField(_("language"), max_length=35, blank=True)

    email_verified = models.BooleanField(_("e-mail address verified"), default=False)
    phone_number = models.CharField(_("phone number"), max_length=32, blank=True)
    phone_number_verified = models.BooleanField(_("phone number verified"), default=False)
    address = models.JSONField(
        _("postal address"),
        default=dict,
        blank=True,
        help_text=_(
            "street_address, locality, region, postal_code, country, formatted (OIDC Core §5.1.1)."
        ),
    )

    external_id = models.CharField(
        _("external identifier"),
        max_length=255,
        null=True,
        blank=True,
        unique=True,
        help_text=_("The identifier of this person in the directory that provisions it (SCIM)."),
    )
    title = models.CharField(_("job title"), max_length=150, blank=True)
    user_type = models.CharField(_("user type"), max_length=64, blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def subject(self) -> str:
        """The `sub` value of this person."""
        return str(self.pk)

    def get_full_name(self) -> str:
        """Return the name people are greeted with."""
        return self.name or f"{self.given_name} {self.family_name}".strip() or self.username

    def get_short_name(self) -> str:
        """Return the given name, or the best there is."""
        return self.given_name or self.nickname or self.get_full_name()
