"""Runs of a directory: one at a time, taken up again when a worker was killed, and stopped."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.directory.models import User
from foundation.directory.sources.models import DirectoryRun, LdapDirectory, RunState
from foundation.journal.acts import record_changes
from foundation.journal.models import Act, Actor
from idp import tasks
from idp.accounts.ldap import runs, synchronising
from idp.accounts.ldap.runs import LOST_AFTER, AtItAlreadyError, SeenToGo, ask_for, take_up
from idp.accounts.ldap.synchronising import run_waiting, synchronise
from tests.accounts.ldap.test_synchronising import NOBODY_ELSE, active, narrowed
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


class Killed(BaseException):
    """What a worker does not survive."""


def carried_out() -> list[str]:
    """Return the states of the runs that were waiting."""
    return [DirectoryRun.objects.get(pk=run.pk).state for run in run_waiting()]


def silent(run: DirectoryRun) -> None:
    heard_at = timezone.now() - LOST_AFTER - timedelta(seconds=1)
    DirectoryRun.objects.filter(pk=run.pk).update(heard_at=heard_at)


def killed_half_way(directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch) -> DirectoryRun:
    """Return a run whose worker was killed after its first page of ten."""
    monkeypatch.setattr(synchronising, "BATCH", 10)
    provide, pages = synchronising.provide, iter([True])

    def once(*args: Any, **kwargs: Any) -> Any:
        if not next(pages, False):
            raise Killed
        return provide(*args, **kwargs)

    monkeypatch.setattr(synchronising, "provide", once)
    run = ask_for(directory)
    with pytest.raises(Killed):
        list(run_waiting())
    monkeypatch.setattr(synchronising, "provide", provide)
    return run


def test_a_killed_worker_s_run_is_taken_up_by_another(
    directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = killed_half_way(directory, monkeypatch)
    half = active()
    assert 0 < half <= 10
    assert carried_out() == []
    with pytest.raises(AtItAlreadyError):
        synchronise(directory)

    silent(run)

    assert carried_out() == [RunState.DONE]
    assert active() == 42
    run.refresh_from_db()
    assert (run.counts["made"], run.counts["same"], run.tries) == (42 - half, half, 2)


def test_a_worker_that_was_thought_dead_takes_nobody_s_access(
    directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronise(directory)
    gone = narrowed(directory, "(&(objectClass=inetOrgPerson)(!(uid=p0)))")
    run = ask_for(gone)
    assert take_up(run)
    silent(run)
    other = DirectoryRun.objects.select_related("directory").get(pk=run.pk)
    assert take_up(other)

    with pytest.raises(AtItAlreadyError):
        synchronising.carry_out(run)

    assert active() == 42
    assert synchronising.carry_out(other).gone == 1
    assert active() == 41


def test_what_kills_every_worker_is_not_tried_for_ever(directory: LdapDirectory) -> None:
    run = ask_for(directory)
    for _try in range(runs.MOST_TRIES):
        assert take_up(run)
        silent(run)

    assert carried_out() == []
    assert synchronise(directory).counts["made"] == 42
    run.refresh_from_db()
    assert run.state == RunState.FAILED


def test_two_are_not_open_at_once(directory: LdapDirectory) -> None:
    ask_for(directory, is_dry=True)

    for is_dry in (True, False):
        with pytest.raises(AtItAlreadyError):
            ask_for(directory, is_dry=is_dry)
    assert carried_out() == [RunState.DONE]
    assert not User.objects.exists()


def test_a_directory_that_is_off_is_only_tried(directory: LdapDirectory) -> None:
    directory.is_on = False
    directory.save()
    dry = ask_for(directory, is_dry=True)
    assert carried_out() == [RunState.DONE]
    assert DirectoryRun.objects.get(pk=dry.pk).counts["made"] == 42

    ask_for(directory)

    assert carried_out() == []


def test_a_run_that_breaks_off_says_so(directory: LdapDirectory) -> None:
    synchronise(directory)
    ask_for(narrowed(directory, directory.people_filter, url="ldaps://localhost:1"))

    assert carried_out() == [RunState.FAILED]
    assert DirectoryRun.objects.latest("asked_at").complaint
    assert active() == 42


def test_at_most_those_go_whom_somebody_has_seen(directory: LdapDirectory) -> None:
    synchronise(directory)
    gone = narrowed(directory, NOBODY_ELSE)
    ask_for(gone)
    assert carried_out() == [RunState.STOPPED]
    stopped = DirectoryRun.objects.latest("asked_at")
    assert stopped.counts["gone"] == 41
    assert {each["became"] for each in stopped.differences} == {"gone"}

    ask_for(gone, seen=SeenToGo(people=40))
    assert carried_out() == [RunState.STOPPED]
    assert active() == 42
    ask_for(gone, seen=SeenToGo(people=41))
    assert carried_out() == [RunState.DONE]
    assert active() == 1


def test_what_an_administrator_asked_for_is_theirs_in_the_history(
    directory: LdapDirectory,
) -> None:
    boss = make_person(is_superuser=True, is_staff=True)
    ask_for(directory, asked_by=boss)
    tasks.run_directories()
    record_changes()

    act = Act.objects.filter(personal__person=User.objects.get(username="emmy")).first()
    assert act is not None
    assert act.actor == Actor.ADMINISTRATOR


def test_what_runs_found_is_forgotten_a_month_later(directory: LdapDirectory) -> None:
    synchronise(directory)
    old = timezone.now() - runs.KEPT - timedelta(days=1)
    DirectoryRun.objects.update(asked_at=old)
    ask_for(directory)

    assert runs.clear_old(timezone.now()) == 1
    assert DirectoryRun.objects.get().state == RunState.WANTED


def test_where_there_is_no_directory_nobody_looks_for_runs(
    db: None, django_assert_num_queries: Any
) -> None:
    tasks.run_directories()

    with django_assert_num_queries(0):
        tasks.run_directories()
