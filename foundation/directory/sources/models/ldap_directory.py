"""An LDAP directory: where it is, who asks it, and what its attributes are called here."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base import conf
from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.base.keys.secret_texts import seal_text, unseal_text
from foundation.base.outgoing.ldap import LdapServer
from foundation.base.outgoing.ldap_names import is_filter
from foundation.directory.sources.models.groups_there import (
    GroupsThere,
    objection_to_attribute,
    objection_to_dn,
)


def default_table() -> dict[str, str]:
    """Return what `inetOrgPerson` calls things (RFC 2798)."""
    return {
        "username": "uid",
        "email": "mail",
        "name": "cn",
        "given_name": "givenName",
        "family_name": "sn",
    }


@decides(label="title", secret=("sealed_password",))
class LdapDirectory(GroupsThere, ConfigurationModel):
    """One directory whose people sign in here with the password they have there."""

    title = models.CharField(_("title"), max_length=100, unique=True)
    is_on = models.BooleanField(_("on"), default=False)
    url = models.CharField(
        _("address"), max_length=300, help_text=_("ldaps://ldap.example.org, or ldap:// with TLS.")
    )
    start_tls = models.BooleanField(_("begin with TLS (StartTLS)"), default=False)
    certificates = models.TextField(
        _("certificates of who signs its certificate (PEM)"),
        blank=True,
        help_text=_("Empty: whom the system trusts."),
    )
    bind_dn = models.CharField(_("asks as (DN)"), max_length=500)
    sealed_password = models.TextField(editable=False, blank=True)
    timeout = models.PositiveSmallIntegerField(
        _("waits for (seconds)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    people_base = models.CharField(_("people are below (DN)"), max_length=500)
    people_filter = models.CharField(
        _("which of them (filter)"), max_length=1000, default="(objectClass=inetOrgPerson)"
    )
    key_attribute = models.CharField(
        _("attribute that never changes"),
        max_length=64,
        default="entryUUID",
        help_text=_("entryUUID (RFC 4530); of Active Directory objectGUID."),
    )
    table = models.JSONField(
        _("table of attributes"),
        default=default_table,
        help_text=_("What is filled here (username, email, attributes.NAME) by what is there."),
    )
    most_gone = models.PositiveSmallIntegerField(
        _("stop when more are gone (percent)"),
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Then nobody loses access until somebody has looked."),
    )

    class Meta:
        verbose_name = _("LDAP directory")
        verbose_name_plural = _("LDAP directories")

    def __str__(self) -> str:
        return self.title

    @property
    def source(self) -> str:
        """What people of it are marked with."""
        return f"ldap:{self.pk}"

    @property
    def server(self) -> LdapServer:
        """Where it is and who asks; raises what unsealing does."""
        return LdapServer(
            url=self.url,
            start_tls=self.start_tls,
            certificates=self.certificates,
            bind_dn=self.bind_dn,
            password=unseal_text(self.sealed_password) if self.sealed_password else "",
            timeout=self.timeout,
            needs_tls=conf.current().production,
        )

    def set_password(self, password: str) -> None:
        """Seal the password of who asks."""
        self.sealed_password = seal_text(password)

    def clean(self) -> None:
        """Refuse what could never work, and what would send passwords in the clear."""
        said = {
            "url": self._objection_to_url(),
            "bind_dn": objection_to_dn(self.bind_dn),
            "people_base": objection_to_dn(self.people_base),
            "people_filter": not is_filter(self.people_filter)
            and _("That is no filter (RFC 4515)."),
            "key_attribute": objection_to_attribute(self.key_attribute),
            "table": self._objection_to_table(),
            **self.objections_to_groups(),
        }
        if errors := {name: sentence for name, sentence in said.items() if sentence}:
            raise ValidationError(errors)

    def _objection_to_url(self) -> Any:
        scheme = self.url.partition("://")[0]
        if scheme not in {"ldap", "ldaps"}:
            return _("The address begins with ldaps:// or ldap://.")
        if conf.current().production and scheme == "ldap" and not self.start_tls:
            return _("Without TLS everybody on the way reads the passwords.")
        return None

    def _objection_to_table(self) -> Any:
        table = self.table
        if not isinstance(table, dict) or not table.get("username"):
            return _("The table needs at least the user name.")
        return next(filter(None, map(objection_to_attribute, table.values())), None)
