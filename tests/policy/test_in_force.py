"""A changed policy is compiled beside requests; nobody goes by the one before for over a second."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from claims.services import install_defaults
from foundation.base.configuration import epoch
from foundation.base.configuration.epoch import EpochLook
from policy import in_force as module, services
from policy.in_force import InForce
from policy.models import PolicyVersion
from policy.selectors import policy_for
from scopeward_guard.cedar import CedarPolicy, PolicyDocument
from scopeward_guard.cedar._language import policies
from tests.factories import WAREHOUSE
from tests.policy.conftest import NOTHING_AT_NIGHT, READING

OLD = PolicyDocument(audience=WAREHOUSE, policies=READING)
NEW = PolicyDocument(audience=WAREHOUSE, policies=READING + NOTHING_AT_NIGHT)
BEFORE, AFTER = uuid4(), uuid4()


class Process:
    """What a thread of this process saw last, and what time it is."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.look(BEFORE)

    def look(self, seen: UUID) -> None:
        self.last_look = EpochLook(seen, self.now, epoch._process.last_change)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    found = Process()
    monkeypatch.setattr(module, "last_look", lambda: found.last_look)
    monkeypatch.setattr(epoch, "time", found)
    return found


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Compiling the new document takes until this is set, in whatever thread."""
    may_end = threading.Event()
    usable = module._usable

    def slowly(document: PolicyDocument, before: CedarPolicy | None) -> CedarPolicy:
        if document == NEW:
            assert may_end.wait(10)
        return usable(document, before)

    monkeypatch.setattr(module, "_usable", slowly)
    yield may_end
    may_end.set()


def ids(policy: CedarPolicy) -> list[str]:
    return list(policy.rules.by_id)


def wait_for_threads(before: set[threading.Thread]) -> None:
    for thread in set(threading.enumerate()) - before:
        thread.join(10)


def test_a_change_made_elsewhere_is_compiled_while_requests_go_on(
    process: Process, compiling: threading.Event
) -> None:
    standing, threads = InForce(), set(threading.enumerate())
    standing.policy(OLD, BEFORE)
    process.now += 0.9
    process.look(AFTER)

    meanwhile = [standing.policy(NEW, AFTER) for _ in range(3)]

    assert [ids(policy) for policy in meanwhile] == [["reading"]] * 3
    assert len(set(threading.enumerate()) - threads) == 1
    compiling.set()
    wait_for_threads(threads)
    assert ids(standing.policy(NEW, AFTER)) == ["reading", "day"]
    assert ids(standing.policy(OLD, BEFORE)) == ["reading"]  # of a request that began before


@pytest.mark.parametrize("why", ["a second is over", "changed here", "looked only later", "new"])
def test_nobody_goes_by_the_policy_before_when_it_may_be_out_of_force(
    process: Process, why: str
) -> None:
    standing, threads = InForce(), set(threading.enumerate())
    if why == "looked only later":  # in a request of before, whose thread knows better by now
        process.look(AFTER)
    if why != "new":
        standing.policy(OLD, BEFORE)
    process.now += 1.0 if why == "a second is over" else 0.1
    if why == "changed here":
        epoch.forget()
    process.look(AFTER)

    assert ids(standing.policy(NEW, AFTER)) == ["reading", "day"]
    assert set(threading.enumerate()) == threads


def test_what_is_asked_for_again_and_again_stays_recent(process: Process) -> None:
    """A look that still finds the old one gives another second."""
    standing, threads = InForce(), set(threading.enumerate())
    for _ in range(3):
        process.look(BEFORE)
        standing.policy(OLD, BEFORE)
        process.now += 0.9
    process.look(AFTER)

    assert ids(standing.policy(NEW, AFTER)) == ["reading"]
    wait_for_threads(threads)


def test_what_cannot_be_used_permits_nothing_and_is_tried_once(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(OLD, policies="permit")
    tried: list[PolicyDocument] = []
    usable = module._usable

    def noted(document: PolicyDocument, before: CedarPolicy | None) -> CedarPolicy:
        tried.append(document)
        return usable(document, before)

    monkeypatch.setattr(module, "_usable", noted)
    standing = InForce()

    assert [ids(standing.policy(broken, BEFORE)) for _ in range(3)] == [[]] * 3
    assert tried == [broken]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The policies that are read."""
    found: list[str] = []
    read_rule = policies.read_rule
    monkeypatch.setattr(
        policies, "read_rule", lambda text, data: found.append(text) or read_rule(text, data)
    )
    return found


def test_no_request_waits_for_what_its_own_process_has_activated(
    active: PolicyVersion, read: list[str]
) -> None:
    services.activate(services.draft(active.policy_set, READING + NOTHING_AT_NIGHT))
    read.clear()

    policy = policy_for(WAREHOUSE)

    assert policy is not None
    assert ids(policy) == ["reading", "day"]
    assert read == []


def test_another_change_of_configuration_compiles_nothing(
    active: PolicyVersion, read: list[str]
) -> None:
    before = policy_for(WAREHOUSE)
    read.clear()
    install_defaults()
    epoch.start_new_epoch()

    assert policy_for(WAREHOUSE) is before
    assert read == []
