"""A relying party of one page: it notes what reaches its callback, and says so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class RelyingParty:
    port: int
    answers: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    """Method and parameters of each request to the callback."""
    sends_on: bool = False
    """Its callback, and the page after logout, redirect to another origin."""

    @property
    def callback(self) -> str:
        return f"http://localhost:{self.port}/callback"

    @property
    def after_logout(self) -> str:
        return f"http://localhost:{self.port}/signed-out"

    @property
    def onward(self) -> str:
        """The same server, which is another origin to a browser."""
        return f"http://127.0.0.1:{self.port}/inside"


@contextmanager
def running() -> Iterator[RelyingParty]:
    party = RelyingParty(port=0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.note("GET", urlsplit(self.path).query)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self.note("POST", self.rfile.read(length).decode())

        def note(self, method: str, parameters: str) -> None:
            if self.path.startswith("/callback"):
                party.answers.append((method, parse_qs(parameters)))
            onward = party.sends_on and not self.path.startswith("/inside")
            self.send_response(302 if onward else 200)
            if onward:
                self.send_header("Location", party.onward)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Arrived</title><h1>Arrived</h1>")

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    party.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield party
    finally:
        server.shutdown()
        server.server_close()
