"""The provider's signing keys, encrypted at rest."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel


class KeyState(models.TextChoices):
    """next (published) -> active (signs) -> retiring (published) -> retired (private key gone)."""

    NEXT = "next", _("Next")
    ACTIVE = "active", _("Active")
    RETIRING = "retiring", _("Retiring")
    RETIRED = "retired", _("Retired")


@decides(
    label="kid",
    secret=("private_jwe",),
    beside={
        "created_at": "when it was made is when its act is",
        "activated_at": "goes with the state",
        "retiring_at": "goes with the state",
        "mac": "says the same as the columns, under a secret",
    },
)
class SigningKey(ConfigurationModel):
    """One signing key. `private_jwe` holds the private JWK, encrypted; empty once retired."""

    kid = models.CharField(_("key id"), max_length=64, unique=True)
    algorithm = models.CharField(_("algorithm"), max_length=8)
    public_jwk = models.JSONField(_("public key"))
    private_jwe = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=8, choices=KeyState.choices)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    activated_at = models.DateTimeField(_("active since"), null=True)
    retiring_at = models.DateTimeField(_("retiring since"), null=True)
    mac = models.CharField(max_length=64, default="", editable=False)
    """MAC of kid, algorithm, public key and state: whoever can write here makes no key of ours."""

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = [
            models.UniqueConstraint(
                fields=["algorithm"],
                condition=models.Q(state="active"),
                name="one_active_key_per_algorithm",
            ),
            models.UniqueConstraint(
                fields=["algorithm"],
                condition=models.Q(state="next"),
                name="one_next_key_per_algorithm",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"
