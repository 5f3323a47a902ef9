"""Who has to agree to what: rules, and people standing in."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.catalogue.models.data import PATTERN_HELP, clean_pattern
from foundation.base.configuration.deciding import decides
from foundation.directory.level_field import LevelField


class Approvers(models.TextChoices):
    """Who may meet a demand."""

    REQUESTER = "requester", _("Whoever asks")
    OWNER = "owner", _("The owner of the data")
    ROLE = "role", _("People with a role")
    PEOPLE = "people", _("Certain people")


@decides(label="title")
class ApprovalRule(models.Model):
    """A demand on every request that it matches. All rules that match have to be met."""

    title = models.CharField(_("title"), max_length=100)
    type = models.CharField(
        _("type"), max_length=255, blank=True, help_text=_("Empty: requests of every type.")
    )
    resource_server = models.CharField(
        _("resource server"), max_length=255, blank=True, help_text=_("Empty: all of them.")
    )
    pattern = models.CharField(_("data"), max_length=255, default="*", help_text=PATTERN_HELP)
    who = models.CharField(_("who has to agree"), max_length=16, choices=Approvers.choices)
    role = models.CharField(_("role"), max_length=100, blank=True)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people")
    )
    needed = models.PositiveSmallIntegerField(_("how many people"), default=1)
    break_glass_role = models.CharField(
        _("role that may go ahead alone"),
        max_length=100,
        blank=True,
        help_text=_(
            "In an emergency, with a justification; everybody concerned is told. Empty: nobody."
        ),
    )
    minimum_acr = LevelField(
        _("Weakest sign-in"),
        help_text=_("Of everybody who approves such a request. Empty: what its type wants."),
    )
    needs_signature = models.BooleanField(
        _("a yes is signed with a passkey"),
        default=False,
        help_text=_(
            "Whoever approves such a request signs what was shown with their own key. "
            "Nobody goes ahead alone."
        ),
    )
    position = models.PositiveIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a rule that does not say whom it means, wants nobody, or contradicts itself."""
        if self.who == Approvers.ROLE and not self.role:
            raise ValidationError({"role": _("Which role?")})
        if self.needed < 1 or (self.who == Approvers.REQUESTER and self.needed != 1):
            raise ValidationError({"needed": _("That many people cannot agree.")})
        if self.needs_signature and self.break_glass_role:
            raise ValidationError(
                {"break_glass_role": _("Where a yes is signed, nobody goes ahead alone.")}
            )
        clean_pattern(self.pattern)


@decides()
class Delegation(models.Model):
    """One person stands in for another, from one moment until another."""

    from_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_person=models.F("to_person")), name="delegation_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="delegation_ends_later"
            ),
        ]
        indexes = [models.Index(fields=["to_person", "ends_at"], name="delegation_to")]

    def __str__(self) -> str:
        return f"{self.from_person} -> {self.to_person}"
