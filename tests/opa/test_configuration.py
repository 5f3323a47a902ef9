"""`manage.py opa_config`: what an OPA has to know, and no secret."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from jwcrypto import jwk

from foundation.base import conf
from foundation.base.keys import ring as keys
from foundation.base.keys.models import KeyState
from policy.opa.config import bundle_name
from tests.factories import make_relying_party, make_resource_server


def printed(client_id: str = "warehouse", **options: Any) -> Any:
    out = StringIO()
    call_command("opa_config", client_id, stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.fixture
def warehouse(provider: None) -> str:
    """The Warehouse's secret."""
    _, secret = make_resource_server(client_id="warehouse")
    return secret or ""


def test_configuration_names_bundle_credentials_and_log(warehouse: str) -> None:
    config = printed(credentials_file="/secrets/opa")

    service = config["services"]["scopeward"]
    assert service["url"] == conf.current().issuer
    assert service["credentials"] == {"bearer": {"scheme": "Basic", "token_path": "/secrets/opa"}}
    bundle = config["bundles"]["scopeward"]
    assert bundle["resource"] == "/opa/bundles/warehouse.tar.gz"
    assert bundle["signing"] == {"scope": "https://warehouse.example"}
    assert bundle["polling"]["long_polling_timeout_seconds"] == 5
    assert config["decision_logs"]["resource"] == "/opa/logs"


def test_keys_are_those_that_may_sign_bundles(warehouse: str) -> None:
    keys.create_key("RS256", KeyState.NEXT, now=timezone.now())
    keys.create_key("ES256", KeyState.NEXT, now=timezone.now())
    keys.rotate_due_keys()

    config = printed()

    assert len(config["keys"]) == 2
    for kid, key in config["keys"].items():
        assert key["algorithm"] == "RS256"
        public = jwk.JWK.from_pem(key["key"].encode())
        assert public.thumbprint() == kid
        assert not public.has_private


def test_configuration_holds_no_secret(warehouse: str) -> None:
    text = json.dumps(printed())

    assert warehouse not in text
    assert "PRIVATE" not in text


def test_opa_need_not_wait(warehouse: str) -> None:
    polling = printed(no_long_polling=True)["bundles"]["scopeward"]["polling"]

    assert polling == {"min_delay_seconds": 1, "max_delay_seconds": 2}


@pytest.mark.parametrize("client_id", ["nobody", "desk", "retired"])
def test_only_resource_servers_have_one(warehouse: str, client_id: str) -> None:
    make_relying_party(client_id="desk")
    make_resource_server(client_id="retired", audience="https://r.example", is_active=False)

    with pytest.raises(CommandError, match=client_id):
        printed(client_id)


@pytest.mark.parametrize(
    ("client_id", "name"),
    [("warehouse", "warehouse"), ("a/b?c", "a-b-c"), ("https://rs.example/", "https-rs.example-")],
)
def test_name_of_a_bundle_fits_an_address(client_id: str, name: str) -> None:
    assert bundle_name(client_id) == name
