"""Who is in which group of a directory, in one run: said by its people or by its groups."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from foundation.base.texts.canonical_names import canonical_name
from foundation.directory.sources.models import LdapDirectory, Membership
from idp.accounts.ldap.groups import GroupGraph, members_in, read_groups
from idp.accounts.ldap.reading import names_groups
from idp.accounts.provisioning.facts import Became, Outcome, PersonFacts, digest_of_place
from idp.accounts.provisioning.groups import groups_of_source
from idp.accounts.provisioning.memberships import Memberships, people_at


class GroupMembers:
    """The groups of a directory, and what one run does to who is in them."""

    def __init__(
        self, asking: Any, directory: LdapDirectory, run: UUID, *, is_dry: bool, most_told: int
    ) -> None:
        self.directory = directory
        self.graph = GroupGraph(directory)
        if directory.groups_base:
            self.graph = read_groups(asking, directory, is_dry=is_dry, most_told=most_told)
        self._asking = asking
        self._run = run
        self._by_people = names_groups(directory)
        self._memberships = Memberships(directory.source, is_dry=is_dry)
        self._imagined: set[str] = set()
        """What groups call the people whom a dry run has not made."""

    @property
    def joined(self) -> dict[str, int]:
        """How many memberships began."""
        return {"joined": self._memberships.joined.total()}

    def note(self, batch: Sequence[PersonFacts], outcomes: Sequence[Outcome]) -> None:
        """Take in a page of people."""
        if not self.directory.groups_base:
            return
        pairs = [(facts, each) for facts, each in zip(batch, outcomes, strict=True) if each.person]
        if self._by_people:
            wanted = {
                each.person: self.graph.around(facts.groups)
                for facts, each in pairs
                if each.person is not None
            }
            self._memberships.hold_people(wanted, self.graph.ours)
        elif self._memberships.is_dry:
            new = (facts for facts, each in pairs if each.became is Became.MADE)
            self._imagined.update(map(self._called, new))

    def by_group(self) -> Iterator[int]:
        """Bring one group after the other up to date, where groups name their members."""
        if self.directory.groups_base and not self._by_people:
            for group, marks in members_in(self._asking, self.graph):
                people = people_at(self.directory.source, self._column, marks, met_in=self._run)
                self._memberships.hold_group(group, people, len(marks & self._imagined))
                yield group

    def end(self, *, let_go: int) -> tuple[int, int]:
        """Let leave who leaves; return how many did, and how many were kept for somebody to look.

        Groups that are not there any more have no members from there.
        """
        here = set(groups_of_source(self.directory.source).values())
        self._memberships.abandon(here - set(self.graph.ours))
        return self._memberships.end(self.directory.most_gone, let_go=let_go)

    @property
    def _column(self) -> str:
        by_name = self.directory.membership == Membership.MEMBER_UID
        return "username_key" if by_name else "provided__place_digest"

    def _called(self, facts: PersonFacts) -> str:
        if self.directory.membership == Membership.MEMBER_UID:
            return canonical_name(facts.columns.get("username", ""))
        return digest_of_place(facts.place)
