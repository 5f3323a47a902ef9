"""Who changed something: said once, noted by the database, and believed only when we signed it."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from claims.catalogue.models import Scope
from console.management.command_line import CommandLine
from foundation.directory.models import User
from foundation.journal.acts import Actor, acting_as, acts_about, record_changes
from foundation.journal.changes.acting import GOOD_FOR, author_at_work, signed_author
from foundation.journal.changes.replaying import ReplayedConfiguration
from foundation.journal.context import BY_THE_SYSTEM, DecisionContext
from foundation.journal.models import Act, Change

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ADA = DecisionContext(
    actor=Actor.ADMINISTRATOR,
    actor_id="3f0d3c9e-0000-4000-8000-000000000001",
    address="192.0.2.7",
    user_agent="Browser",
    reason="asked to",
)


def change() -> None:
    scope = Scope.objects.get(name="email")
    Scope.objects.filter(pk=scope.pk).update(title=f"{scope.title}!")


def newest() -> Act:
    record_changes()
    act = acts_about(Scope.objects.get(name="email")).first()
    assert act is not None
    return act


def test_a_change_is_by_whoever_is_at_work() -> None:
    with acting_as(ADA):
        change()

    act = newest()
    part = act.personal
    assert (act.kind, act.actor, part.actor_id) == ("changed", "administrator", ADA.actor_id)
    assert (part.address, part.user_agent, part.reason) == ("192.0.2.7", "Browser", "asked to")
    assert act.detail["changes"] == {"title": ["E-mail address", "E-mail address!"]}


def test_afterwards_it_is_who_it_was_before() -> None:
    with acting_as(ADA):
        with acting_as(DecisionContext(actor=Actor.COMMAND, program="one")):
            change()
        assert (newest().actor, newest().detail["program"]) == ("command", "one")
        change()
        assert newest().actor == "administrator"
    change()
    assert newest().actor == "system"
    assert author_at_work() == BY_THE_SYSTEM


def test_what_is_rolled_back_changes_no_author() -> None:
    with acting_as(ADA):
        with pytest.raises(IntegrityError), transaction.atomic(), acting_as(BY_THE_SYSTEM):
            Scope.objects.create(name="email")
        change()

    assert newest().actor == "administrator"
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(ADA):
        Scope.objects.create(name="email")
    change()
    assert newest().actor == "system"


def test_a_command_is_the_author_of_what_it_changes() -> None:
    with acting_as(BY_THE_SYSTEM):
        CommandLine(["manage.py"]).fetch_command("rotate_keys")
        change()

    assert (newest().actor, newest().detail["program"]) == ("command", "rotate_keys")


@pytest.mark.django_db(transaction=True)
def test_what_one_thread_says_is_not_said_in_another() -> None:
    def other() -> None:
        change()
        connections.close_all()

    with acting_as(ADA):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert newest().actor == "system"


def forge(author: str) -> None:
    """Note a change that nobody made, as somebody with the database can."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_change (act, at, source, verb, before, after, secrets, author) "
            "SELECT %s, at, source, verb, before, after, secrets, %s FROM journal_change "
            "WHERE source = 'catalogue_scope' AND verb = 'update'",
            ["f" * 32, author],
        )


@pytest.mark.parametrize(
    "author",
    [
        "",
        "x",
        "x y z",
        'x {"actor": "administrator"}',
        "ä ß",
        f'{"0" * 64} {{"actor": "administrator", "actor_id": "{ADA.actor_id}"}}',
    ],
)
def test_an_author_that_nobody_signed_is_somebody_in_the_database(author: str) -> None:
    change()
    forge(author)
    record_changes()

    forged = Act.objects.get(pk="f" * 32)
    assert (forged.actor, forged.personal.actor_id) == ("outside", "")


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("no_table", "{}", "{}"),
        ("journal_act", "{}", "{}"),
        ("catalogue_scope", "null", "null"),
        ("catalogue_scope", "[]", "7"),
        ("catalogue_scope", '{"id": "x"}', '{"id": "x", "position": "x"}'),
        ("directory_user", '{"id": 7}', '{"id": "x", "is_staff": {}}'),
    ],
)
def test_a_forged_note_holds_nothing_up(source: str, before: str, after: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_change (act, at, source, verb, before, after, secrets, author) "
            "VALUES (%s, %s, %s, 'update', %s, %s, '', '')",
            ["f" * 32, timezone.now(), source, before, after],
        )
    change()

    assert newest().detail["changes"]["title"][1] == "E-mail address!"
    assert Act.objects.get(pk="f" * 32).actor == "outside"
    list(ReplayedConfiguration().findings())


def test_a_signed_author_cannot_be_changed() -> None:
    with acting_as(ADA):
        signed = signed_author()
    change()
    forge(signed.replace(ADA.actor_id, ADA.actor_id.replace("1", "2")))
    record_changes()

    assert Act.objects.get(pk="f" * 32).actor == "outside"


def test_an_author_that_was_copied_soon_counts_no_more() -> None:
    with time_machine.travel(timezone.now() - GOOD_FOR - timedelta(minutes=1)), acting_as(ADA):
        signed = signed_author()
    change()
    forge(signed)
    record_changes()

    assert Act.objects.get(pk="f" * 32).actor == "outside"


@pytest.mark.django_db(transaction=True)
def test_another_program_is_recorded_as_such_or_refused() -> None:
    sql = "UPDATE catalogue_scope SET title = 'theirs' WHERE name = 'email'"
    if connection.vendor == "postgresql":
        address = connection.get_connection_params()
        with closing(connection.get_new_connection(address)) as stranger:
            stranger.execute(sql)
            stranger.commit()
        assert newest().actor == "outside"
        return
    name = settings.DATABASES["default"]["NAME"]
    with (
        closing(sqlite3.connect(name)) as database,
        pytest.raises(sqlite3.OperationalError, match="no such function"),
    ):
        database.execute(sql)
    assert Scope.objects.get(name="email").title != "theirs"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_change SET author = ''",
        "UPDATE journal_change SET after = before",
        "DELETE FROM journal_change",
    ],
)
def test_a_note_is_neither_changed_nor_removed_before_it_is_an_act(sql: str) -> None:
    change()

    refusal = pytest.raises(IntegrityError, match="never changed")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    record_changes()
    assert not Change.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_each_note_becomes_one_act_however_many_take_it_up() -> None:
    for _ in range(20):
        change()
    notes = Change.objects.count()
    barrier = threading.Barrier(4)
    failed: list[Any] = []

    def take_up() -> None:
        barrier.wait()
        try:
            record_changes()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert (Change.objects.count(), Act.objects.count()) == (0, notes)
    titles = [act.detail["changes"]["title"][0] for act in Act.objects.filter(kind="changed")]
    assert len(titles) == len(set(titles)) == 20


def test_what_is_rolled_back_has_not_been_changed() -> None:
    record_changes()
    with transaction.atomic():
        change()
        transaction.set_rollback(True)

    assert record_changes() == 0


def test_the_deletion_of_a_person_says_who_it_was_until_that_is_erased(person: User) -> None:
    key = person.pk
    with acting_as(ADA):
        person.delete()
    record_changes()

    act = Act.objects.get(kind="removed", detail__model="directory.user")
    assert act.personal.person_id == key
    assert act.personal.actor_id == ADA.actor_id
