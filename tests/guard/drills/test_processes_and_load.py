"""A guard that is forked, and one that is asked while its policy changes."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from scopeward_guard._decisions.context import NO_CONTEXT
from tests.guard.conftest import MakeGuard, bearing
from tests.guard.drills.conftest import DENIED, NOBODY, PAYMENTS, PERMIT, READING, Drill, document
from tests.guard.provider import FakeProvider


def in_a_fork(work: object) -> int:
    """Run `work` in a forked process; return 0 if it was true there."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if callable(work) and work() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_process_follows_the_policy_by_itself(drill: Drill):
    assert drill.told() == PERMIT
    drill.publish(NOBODY)

    # The child asks again before its first answer, and has a thread of its own from then on.
    def child() -> bool:
        names = [thread.name for thread in threading.enumerate()]
        first = drill.told() == DENIED
        begun = {thread.name for thread in threading.enumerate()} - set(names)
        return first and begun == {"scopeward-guard-policy"}

    assert in_a_fork(child) == 0
    assert drill.told() == PERMIT


def test_a_lock_held_at_the_fork_does_not_hold_up_the_child(drill: Drill):
    drill.told()
    with drill.feed._polling._starting(), drill.guard._tokens.keys._document._one_at_a_time():
        assert in_a_fork(lambda: drill.told() == PERMIT) == 0


def test_a_forked_process_has_connections_of_its_own(drill: Drill):
    mine = drill.guard.provider._http()
    provider = type(drill.guard.provider)(drill.guard.settings)
    opened = provider._http()

    assert drill.guard.provider._http() is mine
    assert provider._http() is opened
    assert in_a_fork(lambda: provider._http() is not opened) == 0


def test_answers_are_never_a_mixture_of_two_policies(drill: Drill):
    """Every caller gets what one of the two says, and after the swap the new one alone."""
    drill.told()
    principal = drill.guard.authenticate(bearing(drill.provider.token()))
    stop, seen = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            seen.append(drill.feed.decide(drill.guard.decisions.question(
                principal, "GET", PAYMENTS, NO_CONTEXT)))  # fmt: skip

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask) for _ in range(4)]
        for policies in (NOBODY, READING) * 5:
            drill.publish(policies)
            drill.refresh()
        stop.set()
        for each in asking:
            each.result()

    of = {document(NOBODY).revision: False, document(READING).revision: True}
    assert {of[decision.policy_rev] for decision in seen} <= {True, False}
    assert all(decision.permit is of[decision.policy_rev] for decision in seen)


def test_nobody_waits_for_a_provider_that_is_slow(make_guard: MakeGuard, provider: FakeProvider):
    """While a refresh hangs, callers are answered by the policy in force."""
    provider.document = document(READING)
    guard = make_guard(policy=True, policy_interval=0.001)
    principal = guard.authenticate(bearing(provider.token()))
    guard.decide(principal, "GET", PAYMENTS)
    hanging, go_on = threading.Event(), threading.Event()
    answer = provider.answer

    def slow(request: object) -> object:
        hanging.set()
        go_on.wait(30)
        return answer(request)  # type: ignore[arg-type]

    guard.provider._http()._transport.handler = slow  # type: ignore[attr-defined]
    try:
        assert hanging.wait(30)
        begun = time.monotonic()
        guard.decide(principal, "GET", PAYMENTS)
        assert time.monotonic() - begun < 5
    finally:
        go_on.set()


def test_an_edition_with_the_same_policy_loads_nothing(drill: Drill):
    drill.told()
    held = drill.feed._held
    assert held
    drill.later(1)
    drill.provider.revoked = {**drill.provider.revoked, "tokens": [{"jti": "x"}]}
    drill.refresh()

    assert drill.feed._held is not held
    assert drill.feed._held
    assert drill.feed._held.policy is held.policy
