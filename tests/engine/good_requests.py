"""One good request for each endpoint that programs call, as a server hands it over (WSGI)."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from tests.engine.setting import CHALLENGE, REDIRECT_URI, VERIFIER, Setting
from tests.relying_party import FORM

Environ = dict[str, Any]
Respond = Callable[[Environ], bytes]
"""What answers a request with its body; raises unless that is a good answer."""
DETAIL = DEFAULT_TYPES[QUERY]["example"]
REGISTERED = {
    "resources": tuple(DETAIL["locations"]),
    "authorization_details_types": (QUERY,),
}
"""What a client is to be registered with besides, for all of these requests to be good."""


def environ_of(
    method: str, path: str, authorization: str = "", body: bytes = b"", *, content_type: str = FORM
) -> Environ:
    """Return a request; what is in it can be read once."""
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_AUTHORIZATION": authorization,
        "CONTENT_TYPE": content_type if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }


def answer_of(application: Any, environ: Environ) -> bytes:
    """Let a WSGI application answer; raises `RuntimeError` unless with success."""
    seen: list[str] = []
    chunks = application(environ, lambda status, *_: seen.append(status))
    content = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    if not seen[0].startswith(("200", "201")):
        raise RuntimeError(f"{environ['PATH_INFO']}: {seen[0]} {content!r}")
    return content


def good_requests(
    setting: Setting, respond: Respond, *, times: int
) -> dict[str, Callable[[], bytes]]:
    """Return what asks each endpoint once more; a code can be exchanged so many times.

    What can be put together before is, so that a call costs what its answer costs.
    """
    own = setting.basic
    later = timezone.now() + timedelta(hours=1)  # the last code is good when its turn comes
    codes = iter([setting.code(at=later) for _ in range(times)])
    tokens = setting.exchange(setting.code()).json()
    rotated = {"refresh_token": tokens["refresh_token"]}

    def send(method: str, path: str, authorization: str = "", **form: str) -> Callable[[], bytes]:
        body = urlencode(form).encode()
        return lambda: respond(environ_of(method, path, authorization, body))

    def refresh() -> bytes:
        answer = send("POST", "/token", own, grant_type="refresh_token", **rotated)()
        rotated["refresh_token"] = json.loads(answer)["refresh_token"]
        return answer

    def exchange() -> bytes:
        form = {"code": next(codes), "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
        return send("POST", "/token", own, grant_type="authorization_code", **form)()

    pushed = {
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": " ".join(setting.grant.scopes),
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    query = {**pushed, "authorization_details": json.dumps([DETAIL])}
    return {
        "discovery": send("GET", "/.well-known/openid-configuration"),
        "keys": send("GET", "/.well-known/jwks.json"),
        "client_credentials": send("POST", "/token", own, grant_type="client_credentials"),
        "introspection": send("POST", "/introspect", own, token=tokens["access_token"]),
        "userinfo": send("GET", "/userinfo", f"Bearer {tokens['access_token']}"),
        "par": send("POST", "/par", own, **pushed),
        "par with a query": send("POST", "/par", own, **query),
        "refresh": refresh,
        "code": exchange,
    }
