"""SQL statements per request, warm (design.md section 11)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.engine.setting import CHALLENGE, REDIRECT_URI, SCOPES, Setting

pytestmark = pytest.mark.both_databases
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def at_most(statements: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Count statements, transaction control aside; the epoch counts as seen this second."""
    monkeypatch.setattr("foundation.base.configuration.epoch.CHECK_INTERVAL", 3600.0)
    with CaptureQueriesContext(connection) as captured:
        yield
    counted = [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(TRANSACTION_CONTROL)
    ]
    assert len(counted) <= statements, "\n".join(counted)


@pytest.fixture
def warm(setting: Setting) -> Setting:
    """The parties, after every endpoint has been called once."""
    tokens = setting.exchange(setting.code()).json()
    setting.refresh(tokens["refresh_token"])
    setting.userinfo(tokens["access_token"])
    setting.post("/introspect", token=tokens["access_token"])
    setting.post("/token", grant_type="client_credentials")
    return setting


def test_a_code_exchange_takes_two_statements(
    warm: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = warm.code()

    with at_most(2, monkeypatch):
        response = warm.exchange(code)

    assert response.json()["refresh_token"]
    assert response.json()["id_token"]


def test_a_refresh_takes_two_statements(warm: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    token = warm.exchange(warm.code()).json()["refresh_token"]

    with at_most(2, monkeypatch):
        response = warm.refresh(token)

    assert response.status_code == 200


def test_client_credentials_take_no_statement(
    warm: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_most(0, monkeypatch):
        response = warm.post("/token", grant_type="client_credentials")

    assert response.status_code == 200


def test_introspection_takes_one_statement(warm: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    token = warm.exchange(warm.code()).json()["access_token"]

    with at_most(1, monkeypatch):
        response = warm.post("/introspect", token=token)

    assert response.json()["active"] is True


def test_introspection_reads_nothing_about_the_person(warm: Setting) -> None:
    """A JWT says it already; only whether it stands is asked."""
    token = warm.exchange(warm.code()).json()["access_token"]

    with CaptureQueriesContext(connection) as captured:
        assert warm.post("/introspect", token=token).json()["active"] is True

    (read,) = [q["sql"] for q in captured.captured_queries if "idp_refreshtoken" in q["sql"]]
    about_people = ("personattributes", "user_groups", "emailaddress", "birthdate")
    assert not [part for part in about_people if part in read]


def test_userinfo_takes_one_statement(warm: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    token = warm.exchange(warm.code()).json()["access_token"]

    with at_most(1, monkeypatch):
        response = warm.userinfo(token)

    assert response.json()["email"] == "ada@example.com"


def test_introspection_of_an_opaque_token_takes_one_statement(
    db: None, make_setting: Callable[..., Setting], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = make_setting(access_token_format="opaque")
    token = setting.exchange(setting.code()).json()["access_token"]
    setting.post("/introspect", token=token)

    with at_most(1, monkeypatch):
        response = setting.post("/introspect", token=token)

    assert response.json()["active"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ],
)
def test_documents_take_no_statement(
    warm: Setting, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    browser = Browser()
    browser.get(path)

    with at_most(0, monkeypatch):
        response: Any = browser.get(path)

    assert response.status_code == 200


def test_a_member_of_many_groups_costs_no_more(
    warm: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm.person.groups.set([warm.person.groups.create(name=f"group {n}") for n in range(20)])
    code = warm.code(SCOPES)

    with at_most(2, monkeypatch):
        response = warm.exchange(code)

    assert response.status_code == 200


def test_a_pushed_request_takes_one_statement(
    warm: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    warm.post("/par", **request)

    with at_most(1, monkeypatch):
        response = warm.post("/par", **request)

    assert response.status_code == 201
