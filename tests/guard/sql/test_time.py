"""No statement takes long to read, whatever it is made of: 100 ms of CPU at most."""

import contextlib
import gc
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from scopeward_guard.sql import Catalogue, SqlRefusedError, derive, rewrite
from tests.guard.sql.bombs import SHAPES, WHOLE, nested, words_of
from tests.guard.sql.conftest import DUCKDB, POSTGRES

SECONDS = 0.1
CATALOGUES = pytest.mark.parametrize("catalogue", [POSTGRES, DUCKDB], ids=["postgres", "duckdb"])
LIMITS: dict[str, Any] = {
    "row_filters": {"public.payments": "region IN ('EU', 'US')"},
    "masks": {"public.payments.amount": "round"},
    "max_rows": 100,
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the collector from walking what other tests left while this one's time is taken."""
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def seconds(text: str, catalogue: Catalogue) -> float:
    """Return the CPU time of this thread; a busy machine gets a second and a third chance."""
    taken: list[float] = []
    while len(taken) < 3 and (not taken or taken[-1] > SECONDS):
        started = time.thread_time()
        with contextlib.suppress(SqlRefusedError):
            derive(text, catalogue)
        taken.append(time.thread_time() - started)
    return min(taken)


def slow(shape: str, words: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Return which of the words take too long in a shape."""
    texts = ((word, SHAPES[shape](word)) for word in words)
    short = ((word, text) for word, text in texts if len(text) < 65_000)
    return [f"{shape}: {word}" for word, text in short if seconds(text, catalogue) > SECONDS]


@CATALOGUES
@pytest.mark.parametrize("name", WHOLE)
def test_statement_of_many_parts_is_answered_in_time(name: str, catalogue: Catalogue) -> None:
    assert seconds(WHOLE[name], catalogue) < SECONDS


@CATALOGUES
@pytest.mark.parametrize("word", ["date", "char", "numeric", "timestamp", "ROW", "boolean"])
def test_nested_types_are_answered_in_time(word: str, catalogue: Catalogue) -> None:
    assert seconds(f"SELECT {nested(f'{word}(')}", catalogue) < SECONDS


@CATALOGUES
def test_no_word_of_the_dialect_makes_a_bomb(catalogue: Catalogue) -> None:
    """Some words, shapes in turn."""
    words = list(words_of(catalogue.dialect))[::9]
    shapes = list(SHAPES)
    found = [
        slow(shape, words[number :: len(shapes)], catalogue) for number, shape in enumerate(shapes)
    ]

    assert [bomb for bombs in found for bomb in bombs] == []


@pytest.mark.long
@CATALOGUES
@pytest.mark.parametrize("shape", SHAPES)
def test_no_word_of_the_dialect_makes_a_bomb_in_any_shape(shape: str, catalogue: Catalogue) -> None:
    """All 1,300 words: at 100 ms each at most, a shape takes two minutes of CPU at the worst."""
    assert slow(shape, words_of(catalogue.dialect), catalogue) == []


@CATALOGUES
@pytest.mark.parametrize("name", ["subqueries", "many tables"])
def test_rewriting_takes_no_longer(name: str, catalogue: Catalogue) -> None:
    derivation = derive(WHOLE[name], catalogue)
    taken = []
    for _ in range(3):
        started = time.thread_time()
        rewrite(derivation, **LIMITS)
        taken.append(time.thread_time() - started)

    assert min(taken) < SECONDS


def test_refusal_of_a_bomb_says_what_to_do() -> None:
    with pytest.raises(SqlRefusedError, match="takes too long to read; write it with less nesting"):
        derive(f"SELECT {nested('date(')}", POSTGRES)


def test_other_threads_get_their_turn_while_a_statement_is_read() -> None:
    """The compiled parser holds the interpreter; counting its steps lets go of it."""
    turns, done = 0, threading.Event()

    def read() -> None:
        for _ in range(20):
            with contextlib.suppress(SqlRefusedError):
                derive(f"SELECT {nested('date(')}", POSTGRES)
        done.set()

    reading = threading.Thread(target=read)
    reading.start()
    while not done.is_set():
        turns += 1
        done.wait(0.001)
    reading.join()

    assert turns > 3
