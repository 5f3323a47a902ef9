"""Having a request answered, and sending the answer, in a worker thread."""

from collections.abc import Callable, Iterable
from tempfile import NamedTemporaryFile
from typing import Any

from idp.front.limits import SMALL_STREAM
from idp.web.machines.application import Environ
from idp.web.machines.site import WSGI, Site

Headers = list[tuple[str, str]]


class FrontAnswer:
    """The answer of a page: status, headers and the pieces of its body, as Django gave them."""

    def __init__(self, pages: WSGI, environ: Environ) -> None:
        self.status, self.headers = 0, Headers()
        self.pieces: Iterable[bytes] = pages(environ, self._start)

    @property
    def is_stream(self) -> bool:
        """Whether the pieces are only made while they are sent."""
        return bool(getattr(self.pieces, "streaming", False))

    def close(self) -> None:
        """Tell the application that its answer has been sent (PEP 3333)."""
        close = getattr(self.pieces, "close", None)
        if close:
            close()

    def _start(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[..., None]:
        self.status = int(status[:3])
        self.headers = [(name, _ascii(value)) for name, value in headers]
        return lambda _data: None


def answer(site: Site, environ: Environ, protocol: Any) -> FrontAnswer | None:
    """Have the site answer and send it; return the answer of a page unsent when it is long.

    Whoever gets it back sends it with `send_file` where it may take its time.
    """
    response = site.machines.respond(environ)
    if response is not None:
        headers = [(name, _ascii(value)) for name, value in response.items()]
        protocol.response_bytes(response.status_code, headers, response.content)
        return None
    made = FrontAnswer(site.pages, environ)
    if made.is_stream and _length(made.headers) > SMALL_STREAM:
        return made
    try:
        protocol.response_bytes(made.status, made.headers, b"".join(made.pieces))
    finally:
        made.close()
    return None


def send_file(made: FrontAnswer, protocol: Any) -> Any:
    """Write an answer to a file and have the server send it; return the file, to be closed later.

    The server reads a file as fast as its client does, and a stream of ours into memory however
    slow that is. An answer that fails half way is an error then, and no short file.
    """
    file = NamedTemporaryFile(prefix="scopeward-answer-")  # noqa: SIM115 - outlives the answer
    try:
        file.writelines(made.pieces)
        file.flush()
        headers = [pair for pair in made.headers if pair[0].lower() != "content-length"]
        protocol.response_file(
            made.status, [*headers, ("Content-Length", str(file.tell()))], file.name
        )
    except BaseException:
        file.close()
        raise
    finally:
        made.close()
    return file


def _length(headers: Headers) -> int:
    """Return the length that was said; of a stream that says none, too much."""
    said = next((value for name, value in headers if name.lower() == "content-length"), "")
    return int(said) if said.isdecimal() else SMALL_STREAM + 1


def _ascii(value: str) -> str:
    return value if value.isascii() else value.encode("ascii", "replace").decode()
