"""How many functions the endpoints of programs may call, warm: such cost grows unseen."""

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.budgets import calls_of
from tests.engine.conftest import CHALLENGE, FORM, REDIRECT_URI, SCOPES, VERIFIER, Setting
from tests.served import machines

pytestmark = pytest.mark.usefixtures("still")
ROUNDS = 5
Send = Callable[[], Any]
BUDGETS = {
    "discovery": 200,
    "keys": 200,
    "client_credentials": 530,
    "introspection": 610,
    "userinfo": 790,
    "par": 1_010,
    "refresh": 1_400,
    "code": 1_650,
}


def send(method: str, path: str, authorization: str = "", **form: str) -> Any:
    """Send a request to the application for programs; the answer must be a good one."""
    body = urlencode(form).encode()
    response = machines().respond(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_AUTHORIZATION": authorization,
            "CONTENT_TYPE": FORM if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }
    )
    assert response is not None
    assert response.status_code in {200, 201}, response.content
    return response


@pytest.fixture
def sends(setting: Setting) -> dict[str, Send]:
    """What sends a good request to each endpoint."""
    pair = f"{setting.client.client_id}:{setting.secret}".encode()
    own = f"Basic {base64.b64encode(pair).decode()}"
    tokens = [setting.exchange(setting.code()).json() for _ in range(ROUNDS + 1)]
    access = tokens[0]["access_token"]
    refresh = iter([each["refresh_token"] for each in tokens])
    codes = iter([setting.code() for _ in range(ROUNDS + 1)])
    exchange = {"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    pushed = {
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }

    def token(grant_type: str, **form: str) -> Any:
        return send("POST", "/token", own, grant_type=grant_type, **form)

    return {
        "discovery": lambda: send("GET", "/.well-known/openid-configuration"),
        "keys": lambda: send("GET", "/.well-known/jwks.json"),
        "client_credentials": lambda: token("client_credentials"),
        "introspection": lambda: send("POST", "/introspect", own, token=access),
        "userinfo": lambda: send("GET", "/userinfo", f"Bearer {access}"),
        "par": lambda: send("POST", "/par", own, **pushed),
        "refresh": lambda: token("refresh_token", refresh_token=next(refresh)),
        "code": lambda: token("authorization_code", code=next(codes), **exchange),
    }


@pytest.mark.parametrize("name", BUDGETS)
def test_an_endpoint_keeps_to_its_calls(name: str, sends: dict[str, Send]) -> None:
    assert calls_of(sends[name], rounds=ROUNDS) <= BUDGETS[name]
