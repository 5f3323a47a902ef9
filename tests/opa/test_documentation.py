"""What `docs/opa.md` shows works as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.guard.provider import FakeProvider
from tests.opa.conftest import timely
from tests.services.opa import Opa

pytestmark = pytest.mark.opa

PAGE = Path(__file__).parents[2] / "docs" / "opa.md"
ALLOWED: dict[str, Any] = {"department": "finance", "clearance": 2, "scope": "payments:read"}


@pytest.fixture(scope="module")
def own(rules: Opa) -> Iterator[Opa]:
    """An OPA that has the page's own rule beside ours."""
    (rule,) = re.findall(r"```rego\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    address = f"{rules.address}/v1/policies/own"
    httpx.put(address, content=rule, trust_env=False).raise_for_status()
    yield rules
    httpx.delete(address, trust_env=False).raise_for_status()


def answer(own: Opa, fake: FakeProvider, **claims: Any) -> Any:
    token = fake.token(**timely(**{**ALLOWED, **claims}))
    resource = {"properties": {"scopes": ["payments:read"]}}
    return own.decision({"token": token, "resource": resource}, "warehouse/allow")


def test_own_rule_permits_what_it_says(own: Opa, fake: FakeProvider) -> None:
    assert answer(own, fake)["decision"] is True


@pytest.mark.parametrize(
    "claims", [{"department": "hr"}, {"department": None}, {"clearance": 1}, {"clearance": "3"}]
)
def test_own_rule_refuses_the_rest(own: Opa, fake: FakeProvider, claims: dict[str, Any]) -> None:
    refused = answer(own, fake, **claims)

    assert refused == {"decision": False, "context": {"reasons": ["Nothing allows this."]}}


def test_what_the_token_lacks_is_said_first(own: Opa, fake: FakeProvider) -> None:
    refused = answer(own, fake, scope="other")

    assert refused["decision"] is False
    assert refused["context"]["remedy"] == {"scopes": ["payments:read"]}


def test_own_rule_permits_nobody_without_a_token(own: Opa) -> None:
    assert own.decision({}, "warehouse/allow")["decision"] is False
