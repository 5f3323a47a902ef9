"""Resets of how somebody signs in: asked for by others, slow, and stopped by the person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

STANDS = Q(stopped_at=None, done_at=None)


class SignInReset(models.Model):
    """Password, factors and sessions of a person are to end, and they choose anew.

    A person has one that stands at most. The link that stops it is nowhere, only its digest.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sign_in_resets",
        verbose_name=_("person"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    reason = models.CharField(_("reason"), max_length=500)
    email = models.EmailField(_("e-mail address"))
    """Where the person was told; with another address by now it does not happen."""
    digest = models.CharField(max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked for"))
    takes_effect_at = models.DateTimeField(_("takes effect"), db_index=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("reset of a sign-in")
        verbose_name_plural = _("resets of sign-ins")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=STANDS, name="one_reset"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(done_at=None), name="reset_stopped_or_done"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
