"""Scopes stand with the resource server that will receive them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from claims.catalogue.models import Scope, ScopePolicy
from foundation.directory.models import Client
from foundation.directory.resource_servers import resource_server
from tests.consent.asking import Asking, change_scope
from tests.consent.test_review import HIDDEN_SCOPE, boxes, html_of, nothing_decided, submit

WAREHOUSE, ARCHIVE = "https://warehouse.example", "https://archive.example"
RECEIVER = re.compile(r'<p class="receiver" id="[^"]+">(.*?)</p>', re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _scopes(db: None) -> None:
    for name, audience in [("read", WAREHOUSE), ("browse", ARCHIVE), ("write", WAREHOUSE)]:
        Scope.objects.create(
            name=name, title=name.title(), sentence=f"{name}.", card="access",
            resource_server=audience, position=1,
        )  # fmt: skip


def receivers(html: str) -> list[str]:
    return [" ".join(TAGS.sub("", found).split()) for found in RECEIVER.findall(html)]


def page(browser: Browser, asking: Asking, *scopes: str) -> str:
    return html_of(browser.get(asking.open("openid", *scopes).get_absolute_url()))


def test_scopes_of_no_particular_resource_server_come_first(
    browser: Browser, asking: Asking, make_client: Callable[..., Client]
) -> None:
    make_client("Warehouse", resource_server=WAREHOUSE)
    change_scope("roles", card="access")

    html = page(browser, asking, "read", "roles", "write")

    assert receivers(html) == ["For the application itself", f"For Warehouse {WAREHOUSE}"]
    assert list(boxes(html)) == ["roles", "read", "write"]


def test_scopes_of_one_resource_server_stand_together(browser: Browser, asking: Asking) -> None:
    html = page(browser, asking, "read", "browse", "write")

    assert list(boxes(html)) == ["browse", "read", "write"]
    assert receivers(html) == [f"For {ARCHIVE}", f"For {WAREHOUSE}"]


def test_required_scope_of_a_resource_server_is_sent_along(
    browser: Browser, asking: Asking
) -> None:
    change_scope("read", policy=ScopePolicy.REQUIRED)

    assert HIDDEN_SCOPE.findall(page(browser, asking, "read", "write")) == ["read"]


def test_without_resource_servers_nothing_is_said_of_receivers(
    browser: Browser, asking: Asking
) -> None:
    assert receivers(page(browser, asking, "email", "roles")) == []


@pytest.mark.parametrize("values", [{"name": ""}, {"is_active": False}])
def test_nobody_s_name_stands_for_an_audience_without_one(
    make_client: Callable[..., Client], values: dict[str, Any]
) -> None:
    make_client(**{"name": "Warehouse", "resource_server": WAREHOUSE, **values})

    assert resource_server(WAREHOUSE).name == WAREHOUSE


def test_later_client_does_not_take_the_name_over(make_client: Callable[..., Client]) -> None:
    make_client("Warehouse", resource_server=WAREHOUSE)
    make_client("Your Bank", resource_server=WAREHOUSE)

    assert resource_server(WAREHOUSE).name == "Warehouse"


def test_client_that_is_no_resource_server_gives_no_name(
    make_client: Callable[..., Client],
) -> None:
    make_client("Query Desk")

    assert resource_server(WAREHOUSE).name == WAREHOUSE


def test_names_are_escaped(
    browser: Browser, asking: Asking, make_client: Callable[..., Client]
) -> None:
    make_client("<b>Warehouse</b>", resource_server=WAREHOUSE)

    raw = browser.get(asking.open("openid", "read").get_absolute_url()).content.decode()

    assert "<b>Warehouse" not in raw
    assert "&lt;b&gt;Warehouse" in raw


def test_names_cost_no_statement_once_they_are_known(
    make_client: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    make_client("Warehouse", resource_server=WAREHOUSE)
    resource_server(WAREHOUSE)

    with django_assert_num_queries(0):
        assert resource_server(WAREHOUSE).name == "Warehouse"


def test_receiver_that_changed_behind_the_page_is_shown_first(
    browser: Browser, asking: Asking
) -> None:
    request = asking.open("openid", "read")
    shown = asking.questions("openid", "read").fingerprint
    change_scope("read", resource_server=ARCHIVE)

    response = submit(browser, request, "read", shown=shown)

    assert response.status_code == 409
    assert receivers(html_of(response)) == [f"For {ARCHIVE}"]
    assert nothing_decided(request)
