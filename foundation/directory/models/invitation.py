"""Invitations: somebody who cannot sign in yet is to choose by what they will."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

STANDS = Q(used_at=None, revoked_at=None)


class Invitation(models.Model):
    """A link that was mailed to a person: good once, for a while, at that address.

    The link itself is nowhere; a person has one that stands at most.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("person"),
    )
    email = models.EmailField(_("e-mail address"))
    """Where it was sent: of who has another address by now, it proves nothing."""
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("application"),
    )
    """Where the person is led afterwards."""
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("good until"), db_index=True)
    used_at = models.DateTimeField(_("used"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=STANDS, name="one_invitation")
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.email})"
