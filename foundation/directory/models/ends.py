"""What ends by itself: a person's access, and their membership of a group.

Whoever asks is told what is so at that moment. The rows are tidied up later, and nothing waits for
that.
"""

from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides

Rows = TypeVar("Rows")


def has_ended(end: datetime | None, now: datetime | None = None) -> bool:
    """Say whether an end has come; None: there is no end."""
    return end is not None and end <= (now or timezone.now())


def lasting(end: str = "ends_at", now: datetime | None = None) -> models.Q:
    """Return the rows whose end has not come; `end` is the path to it."""
    return models.Q(**{f"{end}__isnull": True}) | models.Q(**{f"{end}__gt": now or timezone.now()})


def let_in(person: str = "", now: datetime | None = None) -> models.Q:
    """Return the rows of people who may do anything; `person` is the path to them (`user__`)."""
    return models.Q(**{f"{person}is_active": True}) & lasting(f"{person}ends_at", now)


class _WhileItLasts(DeferredAttribute):
    """Reads a switch of a person as off once their end has come, whatever is stored."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        is_on = super().__get__(instance, cls)
        return is_on and not has_ended(instance.ends_at)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class Activity(models.BooleanField):  # type: ignore[type-arg]
    """Whether somebody may do anything: switched on, and not past `ends_at`. Stores the switch."""

    descriptor_class = _WhileItLasts

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Return what was set, so that saving a row never switches anybody off."""
        return self.value_from_object(model_instance)

    def value_from_object(self, obj: Any) -> Any:
        """Return what was set."""
        return DeferredAttribute.__get__(obj.__class__.__dict__[self.attname], obj)


@decides(about="user")
class GroupMembership(models.Model):
    """Somebody is in a group, until it ends if it does."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    group = models.ForeignKey("auth.Group", on_delete=models.CASCADE, related_name="memberships")
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        db_table = "directory_user_groups"
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="member_once"),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], condition=models.Q(ends_at__isnull=False), name="membership_end"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.group}"
