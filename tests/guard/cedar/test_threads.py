"""One policy, asked from many threads, and replaced while they ask."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING

from tests.guard.cedar.asking import asked, decided, policy

if TYPE_CHECKING:
    from scopeward_guard.cedar import CedarPolicy

TEXT = """
@id("read") permit(principal is User, action == Action::"select", resource is Query)
when { principal.clearance >= resource.sensitivity };
@id("day") forbid(principal, action == Action::"select", resource) when { context.hour < 6 };
"""
THREADS, EACH = 8, 60


def test_threads_do_not_see_each_other_s_questions() -> None:
    shared, start = policy(TEXT), Barrier(THREADS)

    def ask(thread: int) -> list[bool]:
        start.wait()
        found = []
        for turn in range(EACH):
            clearance = (thread + turn) % 4
            decision = shared.decide(asked(subject={"clearance": clearance}))
            said = f"Your clearance ({('public', 'internal', '', '')[clearance]})"
            right = decision.reasons == () or decision.reasons[0].startswith(said)
            found.append(right and decision.permit is (clearance >= 2))
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [answer for found in pool.map(ask, range(THREADS)) for answer in found]

    assert answers == [True] * (THREADS * EACH)


def test_decision_stems_from_one_policy_although_it_is_replaced_meanwhile() -> None:
    permitting, denying = policy('@id("a") permit(principal, action, resource);'), policy("")
    answers = {p.revision: p.decide(asked()).permit for p in (permitting, denying)}
    held: list[CedarPolicy] = [permitting]
    done = Event()

    def replace() -> None:
        turn = 0
        while not done.is_set():
            held[0] = (permitting, denying)[turn % 2]
            turn += 1

    def ask(_: int) -> bool:
        decision = held[0].decide(asked())
        return decision.permit is answers[decision.policy_rev]

    with ThreadPoolExecutor(THREADS + 1) as pool:
        replacing = pool.submit(replace)
        try:
            consistent = list(pool.map(ask, range(THREADS * EACH)))
        finally:
            done.set()
            replacing.result()

    assert all(consistent)
    assert set(answers.values()) == {True, False}


def test_first_denials_at_once_are_explained_alike() -> None:
    fresh, start = policy(TEXT), Barrier(THREADS)

    def ask(_: int) -> tuple[str, ...]:
        start.wait()
        return fresh.decide(asked()).reasons

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(ask, range(THREADS))) == {decided(TEXT).reasons}
