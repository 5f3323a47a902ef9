"""ReplayedConfiguration that is not what its acts say is named, whichever table it is in."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from claims.catalogue.models import Scope
from foundation.base.configuration.deciding import meta_of
from foundation.directory.models import User
from foundation.journal.acts import link, record_changes
from foundation.journal.changes.replaying import ReplayedConfiguration
from foundation.journal.changes.watching import after_migrate
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act
from foundation.journal.triggers import declared as triggers
from tests.consent.history.changes.rows import TABLES, Table, another, made

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
each_table = pytest.mark.parametrize("model", TABLES, ids=lambda model: meta_of(model).label_lower)


@contextmanager
def unseen() -> Iterator[None]:
    """Change something as somebody who owns the database and drops the triggers."""
    (noting,) = (which for which in triggers.watched if "catalogue_scope" in which.tables)
    noting.remove(connection)
    yield
    noting.install(connection)


def flaws() -> list[str]:
    return list(ReplayedConfiguration().findings())


@each_table
def test_what_was_changed_behind_the_triggers_is_named(model: Table) -> None:
    changed, removed = made(model), made(model)
    assert flaws() == []
    column, value = another(changed)

    with unseen():
        model._base_manager.filter(pk=changed.pk).update(**{column.attname: value})
        model._base_manager.filter(pk=removed.pk).delete()
        added = made(model)

    said = {flaw for flaw in flaws() if flaw.startswith(f"{meta_of(model).verbose_name} ")}
    name = meta_of(model).verbose_name
    assert said >= {
        f"{name} {changed.pk}: {column.name} is not what its acts say.",
        f"{name} {removed.pk} is gone, and no act says so.",
        f"{name} {added.pk} was made without an act.",
    }


def test_acts_and_notes_together_are_the_state() -> None:
    scope = Scope.objects.create(name="one", title="One", sentence="It may.")
    record_changes()
    link()
    Scope.objects.filter(pk=scope.pk).update(title="Two")

    call_command("verify_history", state=True)

    with unseen():
        Scope.objects.filter(pk=scope.pk).update(title="Three")
    with pytest.raises(CommandError, match=rf"scope {scope.pk}: title is not what its acts say"):
        call_command("verify_history", state=True)


def test_what_was_erased_of_a_person_is_not_missed(person: User) -> None:
    person.is_staff = True
    person.save()
    erase_history_of(person.pk)
    link()

    call_command("verify_history", state=True)


def test_what_was_there_before_any_act_is_found_once() -> None:
    with unseen():
        scope = Scope.objects.create(name="one", title="One", sentence="It may.")
        assert [flaw for flaw in flaws() if str(scope.pk) in flaw]
        record_changes()
        after_migrate("default")

    record_changes()
    after_migrate("default")
    record_changes()
    (act,) = Act.objects.filter(object_kind="catalogue.scope", object_key=str(scope.pk))
    assert (act.kind, act.detail["label"]) == ("found", "one")
    call_command("verify_history", state=True)
