"""What an entry says of a person, by the table of its directory."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from claims.attributes import definitions
from foundation.base.outgoing.ldap import Entry
from foundation.base.outgoing.ldap_names import canonical_dn
from foundation.base.texts.canonical_names import canonical_name
from foundation.directory.sources.models import LdapDirectory, Membership
from idp.accounts.provisioning.facts import ATTRIBUTE, COLUMNS, PersonFacts, digest_of_place

BESIDE = re.compile(r"#'[01]*'B\Z")
"""What a value of uniqueMember may end with (RFC 4517 §3.3.21)."""
TRUE = frozenset({"true", "yes", "1"})


def attributes_read(directory: LdapDirectory) -> list[str]:
    """Return what is asked for, and nothing else."""
    names = {directory.key_attribute, *directory.table.values()}
    if names_groups(directory):
        names.add(directory.membership)
    return sorted(names)


def person_of(directory: LdapDirectory, dn: str, entry: Entry) -> PersonFacts | None:
    """Return what an entry says; None without its key."""
    values = {name.lower(): said for name, said in entry.items()}
    key = key_of(directory, entry)
    if not key:
        return None
    columns: dict[str, str] = {}
    attributes: dict[str, Any] = {}
    complaints: list[str] = []
    for ours, theirs in directory.table.items():
        try:
            texts = [value.decode() for value in values.get(theirs.lower(), ())]
        except UnicodeDecodeError:
            complaints.append(_("%(name)s is no text.") % {"name": theirs})
            continue
        if ours in COLUMNS:
            columns[ours] = texts[0] if texts else ""
        elif ours.startswith(ATTRIBUTE):
            attributes[ours.removeprefix(ATTRIBUTE)] = _value(ours, texts)
    return PersonFacts(
        key,
        columns,
        attributes,
        canonical_dn(dn),
        groups=marks_in(directory, entry) if names_groups(directory) else (),
        complaints=tuple(complaints),
    )


def names_groups(directory: LdapDirectory) -> bool:
    """Say whether people name their groups."""
    return bool(directory.groups_base) and directory.membership == Membership.MEMBER_OF


def marks_in(directory: LdapDirectory, entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how an entry calls the others: digests of their places, or user names (memberUid)."""
    texts = [value.decode(errors="replace") for value in values_of(entry, directory.membership)]
    if directory.membership == Membership.MEMBER_UID:
        return tuple(canonical_name(text) for text in texts)
    return tuple(mark for text in texts if (mark := mark_of(BESIDE.sub("", text))))


def mark_of(dn: str) -> str:
    """Return what a place is found by; empty for what is no distinguished name."""
    try:
        return digest_of_place(canonical_dn(dn))
    except ValueError:
        return ""


def values_of(entry: Mapping[str, Any], attribute: str) -> Sequence[bytes]:
    """Return the values of an attribute, however the server spells it (RFC 4512 §2.5)."""
    named = (said for name, said in entry.items() if name.lower() == attribute.lower())
    return next(named, ())


def key_of(directory: LdapDirectory, entry: Mapping[str, Any]) -> str:
    """Return `entryUUID` as it is and the sixteen bytes of `objectGUID` (MS-DTYP §2.3.4.2)."""
    values = values_of(entry, directory.key_attribute)
    if len(values) != 1 or not values[0]:
        return ""
    if len(values[0]) == 16:
        return str(UUID(bytes_le=values[0]))
    return values[0].decode(errors="replace")


def _value(ours: str, texts: Sequence[str]) -> Any:
    if not texts:
        return None
    known: Mapping[str, Any] = definitions()
    definition = known.get(ours.removeprefix(ATTRIBUTE))
    kind = definition.kind if definition is not None else "text"
    if kind == "list":
        return list(texts)
    if kind == "flag":
        return texts[0].lower() in TRUE
    return texts[0]
