"""Waiting for a change: by one thread, and only while somebody waits."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from idp.opa.watch import Watch
from tests.services.opa import until


class World:
    """What is looked at, who looks, and how often nobody was left."""

    def __init__(self) -> None:
        self.state: Any = "old"
        self.lookers: set[int] = set()
        self.looks = self.rests = 0
        self.watch: Watch[Any] = Watch(self.look, interval=0.01, rest=self.rest)

    def look(self) -> Any:
        self.lookers.add(threading.get_ident())
        self.looks += 1
        if isinstance(self.state, Exception):
            raise self.state
        return self.state

    def rest(self) -> None:
        self.rests += 1


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    until(lambda: not world.watch._looking, "the end of the looking thread")


def test_everybody_who_waits_hears_of_a_change_from_one_thread(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(world.watch.wait, "old", 10) for _ in range(8)]
        until(lambda: world.looks > 2, "looks")
        assert not any(future.done() for future in waiting)
        world.state = "new"
        for future in waiting:
            future.result(timeout=5)

    assert len(world.lookers) == 1


def test_waiting_ends_by_itself(world: World) -> None:
    world.watch.wait("old", 0.05)

    assert world.state == "old"


def test_nobody_looks_when_nobody_waits(world: World) -> None:
    world.watch.wait("old", 0.05)
    until(lambda: world.rests == 1, "rest")
    looks = world.looks
    world.watch.wait("old", 0.05)

    assert world.looks > looks


def test_what_was_seen_before_is_not_taken_for_now(world: World) -> None:
    world.state = "new"
    world.watch.wait("old", 5)
    world.state = "newest"

    world.watch.wait("new", 5)
    looks = world.looks
    world.watch.wait("newest", 0.05)

    assert world.looks > looks


def test_failure_to_look_is_no_change(world: World) -> None:
    world.state = RuntimeError("down")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(world.watch.wait, "old", 10)
        until(lambda: world.rests > 1, "failed looks")
        assert not waiting.done()
        world.state = "new"
        waiting.result(timeout=5)
