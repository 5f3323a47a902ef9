"""People. The primary key is the subject: opaque, stable, never reused (OIDC Core §2 `sub`)."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import Deciding, decides, declare_decisive
from foundation.base.texts.canonical_names import (
    LONGEST,
    canonical_address,
    canonical_name,
    validate_name,
)
from foundation.directory.models.ends import Activity, GroupMembership
from foundation.directory.models.found_by import FOUND_BY
from foundation.directory.passwords.holding import HoldsPassword


class CanonicalName(models.CharField):  # type: ignore[type-arg]
    """What the user name is compared by: follows it whenever a row is written."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        """Return it, whatever was in the column."""
        value = canonical_name(model_instance.username)
        setattr(model_instance, self.attname, value)
        return value


class PeopleQuerySet(models.QuerySet["User"]):
    """Keeps the canonical name in step where rows are changed without being loaded."""

    def update(self, **columns: Any) -> int:
        """Change rows."""
        if isinstance(name := columns.get("username"), str):
            columns["username_key"] = canonical_name(name)
        return super().update(**columns)


class People(UserManager.from_queryset(PeopleQuerySet)):  # type: ignore[misc]
    """Finds people by their name, however it is spelled."""

    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person; raises `User.DoesNotExist`."""
        person: User = self.get(username_key=canonical_name(username or ""))
        return person


@decides(
    label="username",
    personal=("username", "email", "external_id", "user_type", "title"),
    secret=("password",),
    beside={
        **dict.fromkeys(
            (
                "name",
                "given_name",
                "middle_name",
                "family_name",
                "nickname",
                "profile",
                "picture",
                "website",
                "gender",
                "birthdate",
                "zoneinfo",
                "locale",
                "phone_number",
                "phone_number_verified",
                "address",
            ),
            "what people say of themselves",
        ),
        "username_key": "follows the user name",
        "password_set_at": "goes with the password",
        "last_login": "sign-ins have records of their own",
        "date_joined": "when it was made is when its act is",
        "updated_at": "goes with the others",
    },
)
class User(HoldsPassword, AbstractUser):
    """A person, with the standard claims of OIDC Core §5.1 and what SCIM (RFC 7643 §4.1) needs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        _("username"), max_length=LONGEST, unique=True, validators=[validate_name]
    )
    username_key = CanonicalName(max_length=LONGEST, unique=True, editable=False)

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

    is_active = Activity(
        _("active"), default=True, help_text=_("May sign in and use applications.")
    )
    ends_at = models.DateTimeField(_("access until"), null=True, blank=True)
    """From then on nothing is let through, whatever else is said of the person."""
    groups = models.ManyToManyField(  # type: ignore[assignment]
        "auth.Group",
        through=GroupMembership,
        blank=True,
        related_name="user_set",
        related_query_name="user",
        verbose_name=_("groups"),
    )

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

    sign_in_set_by_others_at = models.DateTimeField(null=True, editable=False)
    """When somebody else last set the password or the address: their yes counts a day later."""
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

    objects: ClassVar[People] = People()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(username_key__contains="@"), name="username_is_no_address"
            )
        ]
        indexes = FOUND_BY

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def subject(self) -> str:
        """The `sub` value of this person."""
        return str(self.pk)

    def clean(self) -> None:
        """Raise `ValidationError` for a name that somebody else has in another spelling."""
        super().clean()
        named = User.objects.filter(username_key=canonical_name(self.username))
        if named.exclude(pk=self.pk).exists():
            raise ValidationError({"username": _("Somebody has this user name already.")})

    def save(self, *args: Any, update_fields: Any = None, **options: Any) -> None:
        """Write the person; names are stored in one form."""
        self.username = self.normalize_username(self.username)
        self.email = canonical_address(self.email or "")
        if update_fields is not None:
            beside = {"username": "username_key", "password": "password_set_at"}
            update_fields = {*update_fields, *(beside[n] for n in beside.keys() & update_fields)}
        super().save(*args, update_fields=update_fields, **options)

    NAMED_BY = ("username", "name", "given_name", "family_name")
    """The columns that a full name is made from."""

    def get_full_name(self) -> str:
        """Return the name people are greeted with."""
        return self.name or f"{self.given_name} {self.family_name}".strip() or self.username

    def get_short_name(self) -> str:
        """Return the given name, or the best there is."""
        return self.given_name or self.nickname or self.get_full_name()


declare_decisive("auth.group", Deciding(label="name"))
