"""Making and renaming groups as a source knows them.

A group that is here already becomes one of the source only where an administrator has named it:
an equal name proves nothing. Groups that are made have no attributes and no permissions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.texts.storable import storable
from foundation.directory.sources.models import ProvidedGroup
from idp.accounts.provisioning.facts import Became, digest_of_place, told
from idp.accounts.provisioning.memberships import members_of

LONGEST_NAME = 150
_imagined = count(-1, -1)


@dataclass(frozen=True)
class GroupFacts:
    """One group as a source knows it."""

    key: str
    name: str
    place: str = ""
    named: str = ""
    """The group here that an administrator gave it; empty: it has its own name."""

    @property
    def wanted(self) -> str:
        """What it is called here."""
        return storable(self.named or self.name).strip()


@dataclass(frozen=True)
class GroupOutcome:
    """What became of a group."""

    key: str
    label: str
    became: Became
    group: int | None = None
    """Of a dry run, below zero for one that would be made."""
    differences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept and printed."""
        key = str(self.group) if self.group is not None and self.group > 0 else None
        return told("group", key, self.label, self.became, self.differences, self.complaints)


@transaction.atomic
def provide_groups(
    source: str, facts: Sequence[GroupFacts], *, is_dry: bool = False
) -> list[GroupOutcome]:
    """Make and rename the groups that a source names; return what became of each, in order."""
    named = {each.wanted.lower() for each in facts}
    rows = ProvidedGroup.objects.filter(source=source).select_related("group")
    known = {row.key: row for row in rows.filter(key__in=[each.key for each in facts])}
    here = Group.objects.annotate(lower=Lower("name")).filter(lower__in=named)
    taken: dict[str, Group] = {}
    taken |= {group.name.lower(): group for group in here.select_related("provided")}
    made = _Made(source, known, taken, is_dry=is_dry)
    return [made.outcome(each) for each in facts]


@dataclass
class _Made:
    source: str
    known: Mapping[str, ProvidedGroup]
    taken: dict[str, Group]
    is_dry: bool

    def outcome(self, facts: GroupFacts) -> GroupOutcome:
        row = self._row(facts)
        name, before = facts.wanted, row.group.name if row is not None else ""
        outcome = GroupOutcome(facts.key, name, Became.SAME, row.group.pk if row else None)
        complaint = self._objection(facts, row)
        if complaint or (row is not None and before == name):
            if row is not None:
                self._record(row.group, facts)
            became = Became.REFUSED if complaint else Became.SAME
            return replace(outcome, became=became, complaints=(complaint,) if complaint else ())
        became = Became.MADE if row is None else Became.CHANGED
        group = self._become(facts, row)
        return replace(outcome, became=became, group=group, differences={"name": (before, name)})

    def _row(self, facts: GroupFacts) -> ProvidedGroup | None:
        """Return which group it is here; a group that is named no more is left alone."""
        row = self.known.get(facts.key)
        return None if row is not None and row.is_named and not facts.named else row

    def _objection(self, facts: GroupFacts, row: ProvidedGroup | None) -> str:
        """Return why a group here is not this one; empty where it may be."""
        name, group = facts.wanted, self.taken.get(facts.wanted.lower())
        if not 0 < len(name) <= LONGEST_NAME:
            return _("A group's name has 1 to 150 characters.")
        if group is None or (row is not None and row.group.pk == group.pk):
            return ""
        owner = getattr(group, "provided", None)
        if owner is not None and owner.source != self.source:
            return _("A group from elsewhere has this name already.")
        if not facts.named:
            return _("A group here has this name. Name it in the table of groups if it is this.")
        return ""

    def _become(self, facts: GroupFacts, row: ProvidedGroup | None) -> int:
        """Be the group that is wanted, made or renamed where there is none."""
        group = self.taken.get(facts.wanted.lower())
        is_renamed = group is None and row is not None and not facts.named
        if group is None and row is not None and is_renamed:
            group = row.group
        if self.is_dry:
            return int(group.pk) if group is not None else next(_imagined)
        if group is None:
            group = Group.objects.create(name=facts.wanted)
        elif is_renamed:
            self.taken.pop(group.name.lower(), None)
            group.name = facts.wanted
            group.save(update_fields=["name"])
            start_new_epoch()  # names order what the groups' attributes say
        self._record(group, facts)
        self.taken[group.name.lower()] = group
        return int(group.pk)

    def _record(self, group: Group, facts: GroupFacts) -> None:
        """Say which group there it is. In the one that it was before, nobody of it remains."""
        if self.is_dry:
            return
        said = {
            "source": self.source,
            "key": facts.key,
            "place": facts.place,
            "place_digest": digest_of_place(facts.place),
            "is_named": bool(facts.named),
        }
        if ProvidedGroup.objects.filter(group=group, **said).exists():
            return
        before = ProvidedGroup.objects.filter(source=self.source, key=facts.key)
        for row in before.exclude(group=group):
            members_of(self.source, [row.group_id]).delete()
            row.delete()
        ProvidedGroup.objects.update_or_create(group=group, defaults=said)


def groups_of_source(source: str) -> dict[str, int]:
    """Return the groups here that are a source's, by their keys there."""
    return dict(ProvidedGroup.objects.filter(source=source).values_list("key", "group_id"))
