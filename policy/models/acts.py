"""What was done to policy sets, by whom: one row for each thing, never changed."""

import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from policy.models.sets import PolicySet, PolicyVersion


class ActKind(models.TextChoices):
    """What somebody did to a policy set."""

    DRAFTED = "drafted", _("Draft begun")
    EDITED = "edited", _("Draft edited")
    DISCARDED = "discarded", _("Draft discarded")
    ACTIVATED = "activated", _("Put in force")
    ROLLED_BACK = "rolled_back", _("Rolled back to")
    RETIRED = "retired", _("Retired")
    SETTINGS = "settings", _("Settings changed")


class PolicyAct(models.Model):
    """Something that was done to a policy set. Rows are added, and never changed or removed.

    They outlive the set and the person they point at, so neither is a constraint.
    """

    at = models.DateTimeField(_("when"), auto_now_add=True)
    kind = models.CharField(_("what"), max_length=12, choices=ActKind.choices)
    policy_set = models.ForeignKey(
        "policy.PolicySet",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="acts",
        verbose_name=_("policy set"),
    )
    audience = models.CharField(_("resource server"), max_length=255)
    number = models.PositiveIntegerField(_("version"), null=True)
    instead_of = models.PositiveIntegerField(_("in force before"), null=True)
    text_digest = models.CharField(_("digest of the text"), max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("policy act")
        verbose_name_plural = _("policy acts")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raise TypeError for one that is there."""
        if not self._state.adding:
            raise TypeError("A policy act is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise TypeError("A policy act is never removed.")


def record(
    kind: ActKind,
    policy_set: "PolicySet",
    *,
    version: "PolicyVersion | None" = None,
    instead_of: int | None = None,
    by: Any | None = None,
) -> None:
    """Add a row, in the transaction of what it tells of. `by` is a person, None for a program."""
    PolicyAct.objects.create(
        kind=kind,
        policy_set=policy_set,
        audience=policy_set.audience,
        number=version.number if version else None,
        instead_of=instead_of,
        text_digest=hashlib.sha256(version.text.encode()).hexdigest() if version else "",
        by=by,
    )
