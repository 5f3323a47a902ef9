"""The groups of a directory: how they lie in each other, and who is in them.

Groups in groups count, also over some that are not here themselves, in at most `DEPTH` steps; each
is visited once, so a circle ends.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from foundation.base.outgoing.errors import OutgoingError
from foundation.base.outgoing.ldap import Entry, entries, entry_at
from foundation.base.outgoing.ldap_names import canonical_dn
from foundation.directory.sources.models import LdapDirectory
from idp.accounts.ldap.reading import key_of, mark_of, marks_in, names_groups, values_of
from idp.accounts.provisioning.facts import Became, digest_of_place
from idp.accounts.provisioning.groups import (
    GroupFacts,
    GroupOutcome,
    groups_of_source,
    provide_groups,
)

DEPTH = 10
"""Steps from a group to one in it."""
MOST_GROUPS = 20_000
"""Of one directory; they are held while it is read, their members are not."""
PAGE = 200
WITH_MEMBERS = 5
"""Groups in a page that come with all their members."""


class TooManyGroupsError(OutgoingError):
    """A directory has more groups than could be held."""


@dataclass
class GroupNode:
    """A group there."""

    key: str
    place: str
    group: int | None = None
    """The group here; None: it only hands its members on."""
    inner: set[str] = field(default_factory=set)
    """Digests of the places of groups in it."""


@dataclass
class GroupGraph:
    """All groups of a directory, by the digest of their place."""

    directory: LdapDirectory
    nodes: dict[str, GroupNode] = field(default_factory=dict)
    outcomes: list[GroupOutcome] = field(default_factory=list)
    """Of the first that were changed or refused."""
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def ours(self) -> list[int]:
        """Return the groups here."""
        return [node.group for node in self.nodes.values() if node.group is not None]

    def within(self, digest: str) -> set[str]:
        """Return a group and all groups in it."""
        return _reached([digest], lambda at: self.nodes[at].inner)

    def around(self, digests: Iterable[str]) -> set[int]:
        """Return the groups here in which somebody is who is in these directly."""
        known = [digest for digest in digests if digest in self.nodes]
        reached = _reached(known, lambda at: self._outer.get(at, ()))
        return {group for at in reached if (group := self.nodes[at].group) is not None}

    def link(self) -> None:
        """Say that the edges are complete."""
        self._outer: dict[str, list[str]] = {}
        for digest, node in self.nodes.items():
            for inner in node.inner:
                self._outer.setdefault(inner, []).append(digest)


def _reached(start: Iterable[str], onward: Any) -> set[str]:
    reached = set(start)
    edge: Collection[str] = list(reached)
    for _step in range(DEPTH):
        edge = {further for at in edge for further in onward(at)} - reached
        reached |= edge
    return reached


def read_groups(
    asking: Any, directory: LdapDirectory, *, is_dry: bool, most_told: int
) -> GroupGraph:
    """Make the groups here that are there, and return how they lie in each other.

    For `memberOf` the edges are read here; otherwise they come with the members.
    """
    graph = GroupGraph(directory)
    wanted = [directory.key_attribute, directory.group_name]
    by_group = names_groups(directory)
    found = entries(
        asking,
        directory.groups_base,
        directory.groups_filter,
        [*wanted, *([directory.membership] if by_group else [])],
        page=PAGE,
    )
    outer: dict[str, tuple[str, ...]] = {}
    while batch := list(islice(found, PAGE)):
        _take(graph, batch, is_dry=is_dry, most_told=most_told)
        if by_group:
            outer |= {mark_of(dn): marks_in(directory, entry) for dn, entry in batch}
    for inner, around in outer.items():
        for digest in around:
            if inner in graph.nodes and digest in graph.nodes:
                graph.nodes[digest].inner.add(inner)
    if not is_dry:
        now = groups_of_source(directory.source)
        for node in graph.nodes.values():
            node.group = now.get(node.key) if node.group is not None else None
    graph.link()
    return graph


def _take(
    graph: GroupGraph, batch: list[tuple[str, Entry]], *, is_dry: bool, most_told: int
) -> None:
    directory = graph.directory
    named = directory.groups_named
    facts = []
    for dn, entry in batch:
        key = key_of(directory, entry)
        if not key:
            graph.counts["groups without key"] += 1
            continue
        place = canonical_dn(dn)
        graph.nodes[digest_of_place(place)] = GroupNode(key, place)
        if place in named or directory.makes_groups:
            name = next(iter(values_of(entry, directory.group_name)), b"")
            facts.append(
                GroupFacts(key, name.decode(errors="replace"), place, named.get(place, ""))
            )
    if len(graph.nodes) > MOST_GROUPS:
        raise TooManyGroupsError(_("more than %(most)s groups") % {"most": MOST_GROUPS})
    outcomes = provide_groups(directory.source, facts, is_dry=is_dry)
    for said, outcome in zip(facts, outcomes, strict=True):
        graph.nodes[digest_of_place(said.place)].group = outcome.group
        graph.counts[f"groups {outcome.became}"] += 1
    worth = [each for each in outcomes if each.became is not Became.SAME]
    graph.outcomes.extend(worth[: most_told - len(graph.outcomes)])


def members_in(asking: Any, graph: GroupGraph) -> Iterator[tuple[int, set[str]]]:
    """Yield each group here and what its members are called, those of groups in it too.

    One group at a time: whoever has groups in it is asked for once more, and so are those.
    """
    directory = graph.directory
    attribute = directory.membership
    found = entries(
        asking, directory.groups_base, directory.groups_filter, [attribute], page=WITH_MEMBERS
    )
    nested = []
    for dn, entry in found:
        digest = mark_of(dn)
        if digest not in graph.nodes:
            continue
        node, marks = graph.nodes[digest], set(marks_in(directory, entry))
        node.inner = {mark for mark in marks if mark in graph.nodes}
        if node.inner:
            nested.append(digest)
        elif node.group is not None:
            yield node.group, marks
    for digest in nested:
        group = graph.nodes[digest].group
        if group is not None:
            yield group, _marks_within(asking, graph, digest)


def _marks_within(asking: Any, graph: GroupGraph, digest: str) -> set[str]:
    directory = graph.directory
    marks: set[str] = set()
    for at in graph.within(digest):
        place = graph.nodes[at].place
        entry = entry_at(asking, place, directory.groups_filter, [directory.membership])
        marks.update(marks_in(directory, entry or {}))
    return marks - graph.nodes.keys()
