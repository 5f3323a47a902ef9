"""Fixtures: an OPA with the rules that we ship, and the provider of the guard's tests behind it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policy.opa.contents import Contents
from scopeward_guard.vocabulary import DenyList
from tests.guard.provider import FakeProvider
from tests.services import opa, programs
from tests.services.opa import Opa

RULES = Path(__file__).parents[2] / "policy" / "opa" / "rego"


@pytest.fixture(scope="session")
def opa_program() -> str:
    """Return the path of opa; skip (fail in CI) where it is not installed."""
    return programs.require("opa", package=programs.OPA)


@pytest.fixture(scope="module")
def fake() -> FakeProvider:
    return FakeProvider()


@pytest.fixture(scope="module")
def rules(
    opa_program: str, fake: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opa]:
    """An OPA that was given rules and data from files, so that tests may change the data."""
    data = tmp_path_factory.mktemp("data") / "data.json"
    provider = {**told_by(fake).as_json(), "revision": "r1"}
    data.write_text(json.dumps({"scopeward": {"provider": provider}}), encoding="utf-8")
    with opa.server("--ignore", "*_test.rego", str(RULES), str(data)) as running:
        yield running


def told_by(fake: FakeProvider) -> Contents:
    """Return what a bundle says of the guard's provider."""
    return Contents(
        issuer=fake.issuer,
        audience=fake.resource,
        jwks=tuple(key.export_public(as_dict=True) for key in fake.published),
        scopes={},
        details_types={},
        deny_list=DenyList(revision="", max_age=10),
        valid_until=int(time.time()) + 3600,
    )


def timely(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token of this moment, as changes to those of `FakeProvider`."""
    now = int(time.time())
    return {"iat": now, "exp": now + 300, "auth_time": now - 60, **changes}
