"""Keeping the people of a directory in step: page by page, marked by the run, none held.

A run that breaks off has let nobody go, since what it did not meet may be there. The next one
reads anew and writes what is still different.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils import timezone

from foundation.base.keys.sealing import UnknownKeyError
from foundation.base.outgoing.errors import OutgoingError
from foundation.base.outgoing.ldap import connected, entries
from foundation.directory.sources.models import (
    DirectoryRun,
    LdapDirectory,
    ProvidedPerson,
    RunState,
)
from foundation.journal.acts import acting_as
from idp.accounts.ldap.memberships import GroupMembers
from idp.accounts.ldap.reading import attributes_read, person_of
from idp.accounts.ldap.runs import (
    ANY_NUMBER,
    AtItAlreadyError,
    SeenToGo,
    ask_for,
    author_of,
    end,
    say,
    take_up,
    waiting_runs,
)
from idp.accounts.provisioning.ending import deactivate
from idp.accounts.provisioning.facts import Became, Outcome, PersonFacts
from idp.accounts.provisioning.groups import GroupOutcome
from idp.accounts.provisioning.people import provide

BATCH = 500
MOST_TOLD = 200
"""Differences and complaints of one run that are kept: memory stays flat."""


@dataclass
class DirectoryReport:
    """What a run came to."""

    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    told: list[Outcome] = field(default_factory=list)
    """The first that were changed or refused, and the first that are gone."""
    groups_told: list[GroupOutcome] = field(default_factory=list)
    gone: int = 0
    has_stopped: bool = False
    """More are gone than may go without somebody looking: nobody was let go."""
    kept: int = 0
    """Memberships in groups that have emptied: too many to end them without somebody looking."""

    @property
    def said(self) -> dict[str, int]:
        """Counts; nobody is named."""
        return {**self.counts, "gone": self.gone, "kept": self.kept}

    @property
    def differences(self) -> list[dict[str, Any]]:
        """What differs, as it is kept."""
        groups = [each.as_json() for each in self.groups_told]
        return [*groups, *(each.as_json() for each in self.told)]


def synchronise(
    directory: LdapDirectory, *, is_dry: bool = False, let_go: bool = False
) -> DirectoryReport:
    """Read everybody in the directory, and end the access of who is gone and who left a group.

    `let_go`: however many that are. Raises `AtItAlreadyError`, and `OutgoingError` when the
    directory breaks off, and then nobody has been let go.
    """
    run = ask_for(directory, is_dry=is_dry, seen=ANY_NUMBER if let_go else SeenToGo())
    if not take_up(run):
        raise AtItAlreadyError(directory.title)
    return carry_out(run)


def run_waiting() -> Iterator[DirectoryRun]:
    """Carry out what administrators have asked for, and what somebody was killed at."""
    for run in waiting_runs():
        if take_up(run):
            # The run says how it ended.
            with acting_as(author_of(run)), suppress(OutgoingError, AtItAlreadyError):
                carry_out(run)
            yield run


def carry_out(run: DirectoryRun) -> DirectoryReport:
    """Do what a run that was taken up is for, and say how it ended. Raises as `synchronise`."""
    report = DirectoryReport(run.is_dry)
    try:
        _read(run, report)
    except (OutgoingError, UnknownKeyError) as error:
        end(run, RunState.FAILED, str(error), counts=report.said)
        raise
    state = RunState.STOPPED if report.has_stopped else RunState.DONE
    end(run, state, counts=report.said, differences=report.differences)
    return report


def _read(run: DirectoryRun, report: DirectoryReport) -> None:
    directory, is_dry = run.directory, run.is_dry
    server = directory.server
    with connected(server, server.bind_dn, server.password) as asking:
        members = GroupMembers(asking, directory, run.pk, is_dry=is_dry, most_told=MOST_TOLD)
        report.groups_told = members.graph.outcomes
        report.counts.update(members.graph.counts)
        people = _people(asking, directory, report)
        while batch := list(islice(people, BATCH)):
            outcomes = provide(directory.source, batch, seen_in=run.pk, is_dry=is_dry)
            members.note(batch, outcomes)
            _tell(report, outcomes)
            say(run, counts=report.said)
        for _group in members.by_group():
            say(run)
    _let_go(run, report)
    report.counts.update(members.joined)
    report.counts["left"], report.kept = members.end(let_go=run.let_go_memberships)
    report.has_stopped |= report.kept > 0


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
    worth = [each for each in outcomes if each.became is not Became.SAME or each.complaints]
    report.told.extend(worth[: MOST_TOLD - len(report.told)])


def _let_go(run: DirectoryRun, report: DirectoryReport) -> None:
    directory = run.directory
    standing = ProvidedPerson.objects.filter(source=directory.source, person__is_active=True)
    unmet = standing.filter(~Q(seen_in=run.pk) | Q(seen_in=None))
    report.gone = unmet.count()
    too_many = report.gone * 100 > directory.most_gone * standing.count()
    report.has_stopped = too_many and report.gone > run.let_go_people
    first = unmet.order_by("pk").values_list("key", "person__username", "person_id")[:MOST_TOLD]
    report.told.extend(Outcome(key, name, Became.GONE, who) for key, name, who in first)
    if report.is_dry or report.has_stopped:
        return
    now = timezone.now()
    while leaving := list(unmet.values_list("person_id", flat=True)[:BATCH]):
        deactivate(leaving, gone_at=now)
        say(run)
