"""A request as WSGI says it (PEP 3333)."""

import functools
import sys
from io import BytesIO
from typing import Any

from idp.web.machines.request import WHOLE_BODY

FIXED: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
UNPREFIXED = {"content-type": "CONTENT_TYPE"}
LEFT_OUT = {"content-length", "transfer-encoding", "expect"}
"""Said of a body on its way; here it has arrived."""


def environ_of(scope: Any, body: bytes) -> dict[str, Any]:
    """Return the environment of a request whose body has arrived.

    A name with an underscore would look like another with a hyphen (`X_Forwarded_For`), so it is
    left out. Headers that come twice are joined (RFC 9110 §5.3), cookies as RFC 6265 §5.4 does.
    """
    server, _, port = scope.server.rpartition(":")
    environ = FIXED | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        WHOLE_BODY: body,
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if name in LEFT_OUT or "_" in name:
            continue
        key = _key(name)
        if key in environ:
            environ[key] += f"{'; ' if name == 'cookie' else ','}{value}"
        else:
            environ[key] = value
    return environ


@functools.lru_cache(maxsize=256)
def _key(name: str) -> str:
    return UNPREFIXED.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
