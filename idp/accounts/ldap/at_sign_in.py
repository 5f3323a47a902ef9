"""Groups of one person, when they sign in: as they are there now, without waiting for a run."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from foundation.base.outgoing.ldap import Entry, connected, entries, entry_at
from foundation.base.outgoing.ldap_names import canonical_dn, escaped, is_below
from foundation.directory.sources.models import LdapDirectory, Membership
from idp.accounts.ldap.groups import DEPTH
from idp.accounts.ldap.reading import mark_of, values_of
from idp.accounts.provisioning.memberships import hold_person, places_of_person

NOTHING = "1.1"
"""No attributes (RFC 4511 §4.5.1.8)."""
AT_ONCE = 50
"""Names in one filter."""
MOST = 500
"""Groups of one person; beyond, the next run brings the rest."""


def hold_groups_of(directory: LdapDirectory, place: str, person: UUID) -> None:
    """Put a person into the groups here that they are in there, and out of the others.

    Out of those only that are still there: who has vanished is for a run to judge. Raises
    `OutgoingError`.
    """
    server = directory.server
    with connected(server, server.bind_dn, server.password) as asking:
        around = _around(asking, directory, place)
        marks = {mark_of(dn) for dn in around}
        left = [
            group
            for group, at, mark in places_of_person(directory.source, person)
            if mark not in marks
            and len(marks) < MOST
            and entry_at(asking, at, directory.groups_filter, [NOTHING]) is not None
        ]
    hold_person(directory.source, person, marks, left)


def _around(asking: Any, directory: LdapDirectory, place: str) -> set[str]:
    """Return the places of the groups that somebody is in, and of those around these."""
    attribute = directory.table["username"]
    if directory.membership == Membership.MEMBER_OF:
        attribute = directory.membership
    entry = entry_at(asking, place, directory.people_filter, [attribute])
    if entry is None:
        return set()
    if directory.membership == Membership.MEMBER_UID:
        names = [value.decode(errors="replace") for value in values_of(entry, attribute)]
        return set(_with(asking, directory, names))
    by_people = directory.membership == Membership.MEMBER_OF
    edge = set(_named_in(directory, entry) if by_people else _with(asking, directory, [place]))
    reached = set(edge)
    for _step in range(DEPTH):
        if not edge or len(reached) >= MOST:
            break
        further = _of_groups(asking, directory, edge) if by_people else None
        edge = set(_with(asking, directory, edge) if further is None else further) - reached
        reached |= edge
    return reached


def _with(asking: Any, directory: LdapDirectory, members: Collection[str]) -> Iterator[str]:
    """Yield the groups that name somebody directly."""
    said = sorted(members)
    for start in range(0, len(said), AT_ONCE):
        some = said[start : start + AT_ONCE]
        either = "".join(f"({directory.membership}={escaped(member)})" for member in some)
        condition = f"(&{directory.groups_filter}(|{either}))"
        for dn, _ in entries(asking, directory.groups_base, condition, [NOTHING]):
            yield canonical_dn(dn)


def _of_groups(asking: Any, directory: LdapDirectory, groups: Iterable[str]) -> Iterator[str]:
    """Yield the groups that groups say they are in."""
    for place in sorted(groups):
        entry = entry_at(asking, place, directory.groups_filter, [directory.membership])
        yield from _named_in(directory, entry or {})


def _named_in(directory: LdapDirectory, entry: Entry) -> Iterator[str]:
    for value in values_of(entry, directory.membership):
        dn = value.decode(errors="replace")
        if is_below(dn, directory.groups_base):
            yield canonical_dn(dn)
