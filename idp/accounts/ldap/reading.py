"""What an entry says of a person, by the table of its directory."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from claims.attributes import definitions
from foundation.base.outgoing.ldap import Entry, canonical_dn
from foundation.directory.sources.models import LdapDirectory
from idp.accounts.provisioning.facts import ATTRIBUTE, COLUMNS, PersonFacts

TRUE = frozenset({"true", "yes", "1"})


def attributes_read(directory: LdapDirectory) -> list[str]:
    """Return what is asked for, and nothing else."""
    return sorted({directory.key_attribute, *directory.table.values()})


def person_of(directory: LdapDirectory, dn: str, entry: Entry) -> PersonFacts | None:
    """Return what an entry says; None without its key."""
    values = {name.lower(): said for name, said in entry.items()}
    key = _key(values.get(directory.key_attribute.lower(), ()))
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
    return PersonFacts(key, columns, attributes, canonical_dn(dn), None, tuple(complaints))


def _key(values: Sequence[bytes]) -> str:
    """Return `entryUUID` as it is and the sixteen bytes of `objectGUID` (MS-DTYP §2.3.4.2)."""
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
