"""How many functions the endpoints of programs may call, warm: such cost grows unseen."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.budgets import calls_of
from tests.engine.good_requests import REGISTERED, good_requests
from tests.served import machines

pytestmark = pytest.mark.usefixtures("still")
ROUNDS = 5
BUDGETS = {
    "discovery": 200,
    "keys": 200,
    "client_credentials": 510,
    "introspection": 610,
    "userinfo": 790,
    "par": 830,
    "par with a query": 2_100,
    "refresh": 1_400,
    "code": 1_600,
}


def respond(environ: dict[str, Any]) -> bytes:
    """Let the application for programs answer; the answer must be a good one."""
    response = machines().respond(environ)
    assert response is not None
    assert response.status_code in {200, 201}, response.content
    content: bytes = response.content
    return content


@pytest.fixture
def asks(db: None, make_setting: Callable[..., Any]) -> dict[str, Callable[[], bytes]]:
    """What sends a good request to each endpoint."""
    return good_requests(make_setting(**REGISTERED), respond, times=ROUNDS + 1)


def test_each_endpoint_has_a_budget(asks: dict[str, Callable[[], bytes]]) -> None:
    assert asks.keys() == BUDGETS.keys()


@pytest.mark.parametrize("name", BUDGETS)
def test_an_endpoint_keeps_to_its_calls(name: str, asks: dict[str, Callable[[], bytes]]) -> None:
    assert calls_of(asks[name], rounds=ROUNDS) <= BUDGETS[name]
