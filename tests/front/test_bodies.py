"""Bodies arrive whole, in time, of bounded size, or not at all."""

import pytest

from idp.front import refusals
from idp.front.bodies import Bodies, ClosedError
from idp.front.limits import SMALL_BODY
from idp.front.refusals import FrontRefusal, FrontRefusedError
from tests.front.fakes import Protocol, Scope, run

LARGE = b"x" * (SMALL_BODY + 1)


def read(bodies: Bodies, protocol: Protocol, **headers: str) -> bytes:
    body: bytes = run(bodies.read(Scope("POST", **headers), protocol))
    return body


def refusal_of(bodies: Bodies, protocol: Protocol, **headers: str) -> FrontRefusal:
    with pytest.raises(FrontRefusedError) as caught:
        read(bodies, protocol, **headers)
    return caught.value.refusal


@pytest.mark.spec("RFC 9112", "6.3")
@pytest.mark.parametrize("headers", [{"content_length": "6"}, {"transfer_encoding": "chunked"}])
def test_a_body_arrives_whole_with_and_without_a_length(headers: dict[str, str]) -> None:
    assert read(Bodies(100), Protocol(b"abc", b"def"), **headers) == b"abcdef"


def test_without_length_and_chunks_nothing_is_waited_for() -> None:
    assert read(Bodies(100), Protocol(end="never")) == b""


@pytest.mark.parametrize("headers", [{"content_length": "6"}, {"transfer_encoding": "chunked"}])
def test_who_sends_too_slowly_is_told(headers: dict[str, str]) -> None:
    bodies = Bodies(100, seconds=0.01)

    assert refusal_of(bodies, Protocol(b"abc", end="never"), **headers) == refusals.TOO_SLOW


def test_a_length_that_is_too_much_is_refused_before_anything_is_read() -> None:
    assert refusal_of(Bodies(5), Protocol(end="never"), content_length="6") == refusals.TOO_LARGE


def test_chunks_are_counted_as_they_come() -> None:
    protocol = Protocol(b"abc", b"def", end="never")

    assert refusal_of(Bodies(5), protocol, transfer_encoding="chunked") == refusals.TOO_LARGE


@pytest.mark.spec("RFC 9112", "8")
def test_half_a_body_is_not_looked_at() -> None:
    chunked = Protocol(b"abc", end="broken")
    assert refusal_of(Bodies(9), chunked, transfer_encoding="chunked") == refusals.INCOMPLETE

    with pytest.raises(ClosedError):
        read(Bodies(9), Protocol(b"abc", end="broken"), content_length="6")

    long = str(len(LARGE) + 1)
    assert refusal_of(Bodies(2**20), Protocol(LARGE), content_length=long) == refusals.INCOMPLETE


def test_all_large_bodies_together_are_bounded_and_small_ones_go_on() -> None:
    bodies = Bodies(2**20, most=len(LARGE) + 10)
    large = {"content_length": str(len(LARGE))}
    first = read(bodies, Protocol(LARGE), **large)

    assert refusal_of(bodies, Protocol(LARGE), **large) == refusals.BUSY
    assert read(bodies, Protocol(b"abc"), content_length="3") == b"abc"
    assert read(bodies, Protocol(b"abc"), transfer_encoding="chunked") == b"abc"

    bodies.release(first)
    assert bodies.held == 0
    assert read(bodies, Protocol(LARGE), **large) == LARGE


@pytest.mark.parametrize("end", ["never", "broken"])
def test_what_did_not_arrive_is_held_no_longer(end: str) -> None:
    bodies = Bodies(2**20, seconds=0.01)

    refusal_of(bodies, Protocol(LARGE, end=end), transfer_encoding="chunked")

    assert bodies.held == 0
