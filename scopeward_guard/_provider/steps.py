"""Work that may have to wait, written once: each thing to wait for is a step that is yielded.

`Guard` carries a step out where it stands; `AsyncGuard` awaits it, so that nobody else waits too.
"""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from scopeward_guard._base.errors import MalformedError, UnavailableError
from scopeward_guard._base.strict_json import parse_object

T = TypeVar("T")
MAX_ANSWER_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Post:
    """A request to the provider as the resource server's own client; the result is a `Reply`.

    The body is `form` if there is one, else `body` as JSON.
    """

    url: str
    form: Mapping[str, str] | None = field(default=None, repr=False)
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider answered; `body` is parsed only when it is wanted."""

    status: int
    content: bytes = field(repr=False)
    etag: str = ""

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; raises `UnavailableError` when it is not one."""
        try:
            return parse_object(self.content, max_bytes=MAX_ANSWER_BYTES)
        except MalformedError as error:
            raise UnavailableError("the provider's answer cannot be read") from error


@dataclass(frozen=True, slots=True)
class Wait:
    """Work that waits for the provider, for another thread or for the processor."""

    work: Callable[[], Any]


Step = Post | Wait
Steps = Generator[Step, Any, T]
"""What yields steps, is sent their results, and returns a `T`."""


def carry_out(steps: Steps[T], perform: Callable[[Step], Any]) -> T:
    """Return what the steps come to; what a step raises is raised inside them."""
    try:
        step = next(steps)
        while True:
            try:
                result = perform(step)
            except Exception as error:  # noqa: BLE001 - raised again, where the step stands
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as done:
        value: T = done.value
        return value


async def carry_out_async(steps: Steps[T], perform: Callable[[Step], Awaitable[Any]]) -> T:
    """Return what the steps come to; see `carry_out`."""
    try:
        step = next(steps)
        while True:
            try:
                result = await perform(step)
            except Exception as error:  # noqa: BLE001 - raised again, where the step stands
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as done:
        value: T = done.value
        return value


def waiting(step: Step) -> Any:
    """Carry out a step that only waits, where nothing can be sent to a provider."""
    if isinstance(step, Post):
        raise TypeError("a request, and nothing to send it with")
    return step.work()
