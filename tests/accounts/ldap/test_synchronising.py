"""Keeping in step with a real OpenLDAP."""

import resource
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.base.outgoing.errors import NoAnswerError
from foundation.directory.models import User
from foundation.directory.sources.models import LdapDirectory, ProvidedPerson
from idp.accounts.ldap import synchronising
from idp.accounts.ldap.synchronising import synchronise
from tests.accounts.ldap.conftest import make_directory
from tests.factories import make_person
from tests.services import programs, slapd
from tests.services.slapd import Slapd

NOBODY_ELSE = "(&(objectClass=inetOrgPerson)(uid=p0))"


def narrowed(directory: LdapDirectory, condition: str, **columns: Any) -> LdapDirectory:
    """Return the directory as if those outside the condition had left it."""
    LdapDirectory.objects.filter(pk=directory.pk).update(people_filter=condition, **columns)
    return LdapDirectory.objects.get(pk=directory.pk)


def active() -> int:
    return User.objects.filter(provided__isnull=False, is_active=True).count()


def test_everybody_is_made_once(directory: LdapDirectory) -> None:
    first, second = synchronise(directory), synchronise(directory)

    assert first.counts["made"] == 42
    assert (second.counts["same"], second.counts["changed"], second.gone) == (42, 0, 0)


def test_a_dry_run_writes_nothing(directory: LdapDirectory) -> None:
    report = synchronise(directory, is_dry=True)

    assert report.counts["made"] == 42
    assert "username" in report.told[0].differences
    assert active() == 0


def test_who_is_gone_loses_access_and_comes_back(directory: LdapDirectory) -> None:
    synchronise(directory)
    gone = narrowed(directory, "(&(objectClass=inetOrgPerson)(!(uid=p0)))")

    assert (synchronise(gone, is_dry=True).gone, active()) == (1, 42)
    assert (synchronise(gone).gone, active()) == (1, 41)
    assert not User.objects.get(username="p0").is_active
    synchronise(directory)
    assert active() == 42


@pytest.mark.parametrize("condition", [NOBODY_ELSE, "(uid=nobody-at-all)"])
def test_where_too_many_are_gone_nobody_is(directory: LdapDirectory, condition: str) -> None:
    synchronise(directory)
    gone = narrowed(directory, condition)

    report = synchronise(gone)

    assert report.has_stopped
    assert active() == 42
    with pytest.raises(CommandError):
        call_command("sync_directory")
    synchronise(gone, let_go=True)
    assert active() == report.counts["same"]


def test_who_is_renamed_there_is_the_same_person(directory: LdapDirectory, running: Slapd) -> None:
    synchronise(directory)
    person = User.objects.get(username="p7")
    change = f"dn: uid=p7,{slapd.PEOPLE}\nchangetype: modrdn\nnewrdn: uid=p7-new\ndeleteoldrdn: 1\n"
    running.change(change)
    try:
        synchronise(directory)
        person.refresh_from_db()
        assert person.username == "p7-new"
    finally:
        running.change(
            f"dn: uid=p7-new,{slapd.PEOPLE}\nchangetype: modrdn\nnewrdn: uid=p7\ndeleteoldrdn: 1\n"
        )


def test_a_local_person_of_the_same_name_stays_alone(directory: LdapDirectory) -> None:
    local = make_person(username="p3", email="local@example.com")

    report = synchronise(directory)

    refused = [each for each in report.told if each.became == "refused"]
    assert {each.label for each in refused} - {"twin0", "twin1"} == {"p3"}
    assert not ProvidedPerson.objects.filter(person=local).exists()


def test_a_connection_that_is_lost_lets_nobody_go(
    directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronise(directory)
    read = synchronising.entries

    def half(*args: Any, **kwargs: Any) -> Any:
        for number, each in enumerate(read(*args, **kwargs)):
            if number == 20:
                raise NoAnswerError("LDAPSocketReceiveError")
            yield each

    monkeypatch.setattr(synchronising, "entries", half)

    with pytest.raises(NoAnswerError):
        synchronise(directory)
    assert active() == 42
    monkeypatch.undo()
    assert synchronise(directory).gone == 0


def test_an_attribute_of_another_type_is_left_out(directory: LdapDirectory) -> None:
    table = {**directory.table, "attributes.clearance": "sn", "attributes.department": "title"}
    changed = narrowed(directory, directory.people_filter, table=table)

    report = synchronise(changed)

    assert report.counts["made"] == 42
    assert all(each.complaints for each in report.told)


@pytest.mark.long
def test_twenty_thousand_in_flat_memory(db: None, record_property: Any) -> None:
    """Ten times as many people take no more memory, and statements go by pages."""
    programs.require("slapd", package="slapd")
    people = (slapd.entry(f"p{n}") for n in range(20_000))
    with slapd.server(list(people)) as server:
        directory = make_directory(server)
        first = narrowed(directory, "(&(objectClass=inetOrgPerson)(uid=p1*))")
        synchronise(first)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with CaptureQueriesContext(connection) as statements:
            report = synchronise(narrowed(directory, "(objectClass=inetOrgPerson)"))
        count = len(statements)
        again = synchronise(narrowed(directory, "(objectClass=inetOrgPerson)"))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    record_property("figures", f"{count} statements, {grown} KiB more")
    print(f"FIGURES {count} statements, {grown} KiB more, {before} KiB before")  # noqa: T201
    assert report.counts["made"] + report.counts["same"] == 20_000
    assert again.counts["same"] == 20_000
    # SQLite takes so many values in a statement, and a page of new people in several.
    assert count < 20_000 / synchronising.BATCH * 22
    assert grown < 40_000
