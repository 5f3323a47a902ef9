"""Administrators who press the button in the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from foundation.journal.models import Change
from policy import services
from policy.models import PolicyVersion, VersionState
from policy.services import ActivationError, EditError
from tests.policy.conftest import READING

AT_ONCE = 6

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at one moment, each with its own connection; return what each gave."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except (ActivationError, EditError) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def fresh(version: PolicyVersion) -> PolicyVersion:
    return PolicyVersion.objects.select_related("policy_set").get(pk=version.pk)


def test_one_of_many_edits_of_the_same_text_wins(active: PolicyVersion) -> None:
    version = services.draft(active.policy_set, READING)
    seen = version.fingerprint

    def write(number: int) -> Callable[[], None]:
        mine = fresh(version)
        return lambda: services.edit(mine, f"// {number}\n{READING}", note="", seen=seen)

    results = at_once(*[write(number) for number in range(AT_ONCE)])

    assert results.count(EditError) == AT_ONCE - 1
    notes = Change.objects.filter(source="policy_policyversion", verb="update")
    assert sum(note.before["text"] != note.after["text"] for note in notes) == 1


def test_one_of_many_activations_that_saw_the_same_wins(active: PolicyVersion) -> None:
    drafts = [services.draft(active.policy_set, READING) for _ in range(AT_ONCE)]

    def put_in_force(version: PolicyVersion) -> Callable[[], None]:
        mine = fresh(version)
        return lambda: services.activate(mine, instead_of=1)

    results = at_once(*[put_in_force(version) for version in drafts])

    assert results.count(ActivationError) == AT_ONCE - 1
    assert PolicyVersion.objects.filter(state=VersionState.ACTIVE).count() == 1
    assert PolicyVersion.objects.get(number=1).state == VersionState.RETIRED


def test_many_clicks_go_back_one_version(active: PolicyVersion) -> None:
    for _ in range(2):
        services.activate(services.draft(active.policy_set, READING))

    results = at_once(*[lambda: services.roll_back(active.policy_set, seen=3)] * AT_ONCE)

    assert results.count(ActivationError) == AT_ONCE - 1
    assert PolicyVersion.objects.get(state=VersionState.ACTIVE).number == 2


def test_a_draft_is_edited_or_in_force_but_never_both(active: PolicyVersion) -> None:
    version = services.draft(active.policy_set, READING)
    changed, chosen = fresh(version), fresh(version)

    results = at_once(
        lambda: services.edit(changed, "// later", note="", seen=version.fingerprint),
        lambda: services.activate(chosen, instead_of=1),
    )

    now = fresh(version)
    assert results.count(None) == 1
    assert (now.state, now.text) in {
        (VersionState.ACTIVE, READING),
        (VersionState.DRAFT, "// later"),
    }
