"""Which groups of an LDAP directory count here, and where it says who is in them."""

import re
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.outgoing.ldap_names import canonical_dn, is_filter

ATTRIBUTE_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(;[A-Za-z0-9-]+)*\Z")
"""RFC 4512 §2.5: letters, digits and hyphens, and options."""
LONGEST_NAME = 150
"""Of a group."""


class Membership(models.TextChoices):
    """The attribute that says who is in a group; its value is the attribute's name."""

    MEMBER = "member", _("member: the group names its members")
    UNIQUE_MEMBER = "uniqueMember", _("uniqueMember: the group names its members")
    MEMBER_UID = "memberUid", _("memberUid: the group names user names (RFC 2307)")
    MEMBER_OF = "memberOf", _("memberOf: people name their groups")


class GroupsThere(models.Model):
    """The part of a directory that is about groups. Without a base none are read."""

    groups_base = models.CharField(
        _("groups are below (DN)"),
        max_length=500,
        blank=True,
        help_text=_("Empty: groups are not read."),
    )
    groups_filter = models.CharField(
        _("which groups (filter)"), max_length=1000, default="(objectClass=groupOfNames)"
    )
    group_name = models.CharField(_("attribute with a group's name"), max_length=64, default="cn")
    membership = models.CharField(
        _("who is in a group"),
        max_length=20,
        choices=Membership.choices,
        default=Membership.MEMBER,
    )
    groups_table = models.JSONField(
        _("table of groups"),
        default=dict,
        blank=True,
        help_text=_(
            "The DN of a group there, and the name of the group here that gets its members. Only "
            "so does a group that is here already."
        ),
    )
    makes_groups = models.BooleanField(
        _("make the other groups here, by the name that they have there"), default=True
    )

    class Meta:
        abstract = True

    @property
    def groups_named(self) -> dict[str, str]:
        """The table, by names in one form."""
        return {canonical_dn(dn): name for dn, name in self.groups_table.items()}

    def objections_to_groups(self) -> dict[str, Any]:
        """Return a sentence for each field that could never work."""
        by_name = self.membership == Membership.MEMBER_UID
        return {
            "groups_base": self.groups_base and objection_to_dn(self.groups_base),
            "groups_filter": not is_filter(self.groups_filter)
            and _("That is no filter (RFC 4515)."),
            "group_name": objection_to_attribute(self.group_name),
            "groups_table": self._objection_to_groups_table(),
            "membership": self.groups_base
            and by_name
            and self._username_attribute() != "uid"
            and _("memberUid has values of uid, but the user name comes from elsewhere."),
        }

    def _username_attribute(self) -> str:
        table: Any = getattr(self, "table", None)
        return str(table.get("username", "")).lower() if isinstance(table, dict) else ""

    def _objection_to_groups_table(self) -> Any:
        table = self.groups_table
        if not isinstance(table, dict):
            return _('A table has the form {"cn=…,ou=groups,…": "name here"}.')
        if any(objection_to_dn(dn) for dn in table):
            return _("That is no distinguished name.")
        names = [name.strip() if isinstance(name, str) else "" for name in table.values()]
        if not all(0 < len(name) <= LONGEST_NAME for name in names):
            return _("A group's name has 1 to 150 characters.")
        if len({name.lower() for name in names}) < len(self.groups_named):
            return _("Two groups there cannot be one here.")
        return None


def objection_to_attribute(name: Any) -> Any:
    """Return why it is no name of an attribute."""
    is_one = isinstance(name, str) and ATTRIBUTE_TYPE.match(name)
    return None if is_one else _("That is no name of an attribute.")


def objection_to_dn(dn: str) -> Any:
    """Return why it is no distinguished name."""
    try:
        canonical_dn(dn)
    except ValueError:
        return _("That is no distinguished name.")
    return None
