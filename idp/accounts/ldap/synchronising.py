"""Keeping the people of a directory in step: page by page, marked by the run, none held.

A run that breaks off has let nobody go, since what it did not meet may be there. The next one
reads anew and writes what is still different.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from foundation.base.outgoing.ldap import connected, entries
from foundation.directory.sources.models import LdapDirectory, ProvidedPerson
from idp.accounts.ldap.memberships import GroupMembers
from idp.accounts.ldap.reading import attributes_read, person_of
from idp.accounts.provisioning.ending import deactivate
from idp.accounts.provisioning.facts import Became, Outcome, PersonFacts
from idp.accounts.provisioning.groups import GroupOutcome
from idp.accounts.provisioning.people import provide

BATCH = 500
LOST_AFTER = timedelta(minutes=10)
MOST_TOLD = 200
"""Differences and complaints of one run that are kept: memory stays flat."""


class AtItAlreadyError(Exception):
    """Another synchronisation of the same directory is at work."""


@dataclass
class DirectoryReport:
    """What a run came to."""

    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    told: list[Outcome] = field(default_factory=list)
    """The first that were changed or refused."""
    groups_told: list[GroupOutcome] = field(default_factory=list)
    gone: int = 0
    has_stopped: bool = False
    """More are gone than may go without somebody looking: nobody was let go."""
    kept: int = 0
    """Memberships in groups that have emptied: too many to end them without somebody looking."""


def synchronise(
    directory: LdapDirectory, *, is_dry: bool = False, let_go: bool = False
) -> DirectoryReport:
    """Read everybody in the directory, and end the access of who is gone and who left a group.

    `let_go`: somebody has looked at how many are gone. Raises `OutgoingError` when the directory
    breaks off, and then nobody has been let go.
    """
    report, run = DirectoryReport(is_dry), uuid4()
    _claim(directory, run)
    try:
        server = directory.server
        with connected(server, server.bind_dn, server.password) as asking:
            members = GroupMembers(asking, directory, run, is_dry=is_dry, most_told=MOST_TOLD)
            report.groups_told, counts = members.graph.outcomes, members.graph.counts
            report.counts.update(counts)
            people = _people(asking, directory, report)
            while batch := list(islice(people, BATCH)):
                outcomes = provide(directory.source, batch, seen_in=run, is_dry=is_dry)
                members.note(batch, outcomes)
                _tell(report, outcomes)
                _go_on(directory, run, report)
            for _group in members.by_group():
                _go_on(directory, run, report)
        _let_go(directory, report, run, let_go=let_go)
        report.counts.update(members.joined)
        report.counts["left"], report.kept = members.end(let_go=let_go)
        report.has_stopped |= report.kept > 0
        _go_on(directory, run, report)
    finally:
        LdapDirectory.objects.filter(pk=directory.pk, run=run).update(run=None)
    return report


def _claim(directory: LdapDirectory, run: UUID) -> None:
    """Be the only one at it. Raises `AtItAlreadyError`, unless it has long been silent."""
    now = timezone.now()
    free = Q(run=None) | Q(run_at=None) | Q(run_at__lt=now - LOST_AFTER)
    rows = LdapDirectory.objects.filter(free, pk=directory.pk)
    if not rows.update(run=run, run_at=now):
        raise AtItAlreadyError(directory.title)


def _go_on(directory: LdapDirectory, run: UUID, report: DirectoryReport) -> None:
    """Say how far it is. Raises `AtItAlreadyError` when somebody thought that we had broken off."""
    rows = LdapDirectory.objects.filter(pk=directory.pk, run=run)
    now = timezone.now()
    said: dict[str, object] = {**report.counts, "gone": report.gone, "stopped": report.has_stopped}
    said |= {"dry": report.is_dry, "at": now.isoformat(timespec="seconds")}
    if not rows.update(run_at=now, progress=said):
        raise AtItAlreadyError(directory.title)


def _people(
    asking: Any, directory: LdapDirectory, report: DirectoryReport
) -> Iterator[PersonFacts]:
    wanted = attributes_read(directory)
    for dn, entry in entries(asking, directory.people_base, directory.people_filter, wanted):
        facts = person_of(directory, dn, entry)
        if facts is None:
            report.counts["without key"] += 1
        else:
            yield facts


def _tell(report: DirectoryReport, outcomes: list[Outcome]) -> None:
    report.counts.update(outcome.became.value for outcome in outcomes)
    are_here = (each.became is not Became.MADE and each.person is not None for each in outcomes)
    report.counts["known"] += sum(are_here)
    worth = [each for each in outcomes if each.became is not Became.SAME or each.complaints]
    report.told.extend(worth[: MOST_TOLD - len(report.told)])


def _let_go(directory: LdapDirectory, report: DirectoryReport, run: UUID, *, let_go: bool) -> None:
    standing = ProvidedPerson.objects.filter(source=directory.source, person__is_active=True)
    all_of_them = standing.count()
    unmet = standing.filter(~Q(seen_in=run) | Q(seen_in=None))
    known = report.counts["known"]
    report.gone = max(0, all_of_them - known) if report.is_dry else unmet.count()
    too_many = report.gone * 100 > directory.most_gone * all_of_them
    report.has_stopped = too_many and not let_go
    if report.is_dry or report.has_stopped:
        return
    now = timezone.now()
    while leaving := list(unmet.values_list("person_id", flat=True)[:BATCH]):
        deactivate(leaving, gone_at=now)
