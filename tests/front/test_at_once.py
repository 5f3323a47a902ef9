"""Documents that are known to be current need no thread, and are answered as by one."""

from typing import Any

import pytest
from django.test import Client as Browser

from foundation.base.configuration import epoch
from idp.front.at_once import AtOnce
from idp.web.documents import Document
from tests.front.fakes import Protocol, Scope
from tests.front.test_machines import without_ids
from tests.relying_party import RelyingParty
from tests.served import machines

DOCUMENTS = sorted(path for path, view in machines().views.items() if isinstance(view, Document))
Told = tuple[int, dict[str, str], bytes]


def at_once(path: str, method: str = "GET", **headers: str) -> Told | None:
    """Return what is answered without a thread; None: nothing is."""
    protocol, scope = Protocol(), Scope(method, path, **headers)
    if not AtOnce(machines()).answer(scope, protocol):
        assert protocol.answers == []
        return None
    ((status, sent, body),) = protocol.answers
    return status, without_ids(sent.items()), body


def by_thread(path: str, **headers: str) -> Told:
    response = Browser().get(path, headers=headers)
    return response.status_code, without_ids(response.items()), response.content


@pytest.fixture
def still(provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No second passes."""
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)


def test_there_are_documents() -> None:
    assert "/.well-known/jwks.json" in DOCUMENTS
    assert len(DOCUMENTS) > 3


@pytest.mark.spec("RFC 9110", "13.1.2")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_current_document_is_answered_as_by_a_thread(
    path: str, still: None, rp: RelyingParty
) -> None:
    plain = by_thread(path)
    etag, origin = plain[1]["ETag"], rp.client.redirect_uris.rpartition("/")[0]

    assert at_once(path) == plain
    for headers in (
        {"if_none_match": etag},
        {"if_none_match": f'"other", {etag}'},
        {"if_none_match": '"other"'},
        {"origin": origin},
        {"origin": "https://stranger.example"},
        {"origin": origin, "if_none_match": etag},
    ):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        assert at_once(path, **headers) == by_thread(path, **named)
    assert at_once(path, origin=origin)[1]["Access-Control-Allow-Origin"] == origin  # type: ignore[index]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_changed_configuration_is_looked_at_again(path: str, still: None) -> None:
    by_thread(path)
    assert at_once(path) is not None

    epoch.forget()

    assert at_once(path) is None
    by_thread(path)
    assert at_once(path) is not None


def test_what_was_seen_counts_for_a_second(provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = DOCUMENTS[0]
    by_thread(path)

    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 0.0)

    assert at_once(path) is None


def test_who_saw_another_epoch_says_nothing_about_a_document(
    still: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch.forget()
    monkeypatch.setattr("idp.web.documents.epoch_in_use", lambda: "another")

    by_thread(DOCUMENTS[0])

    assert at_once(DOCUMENTS[0]) is None


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE", "get"])
def test_other_methods_are_for_a_thread(method: str, still: None) -> None:
    by_thread(DOCUMENTS[0])

    assert at_once(DOCUMENTS[0], method) is None


def test_other_paths_are_for_a_thread(still: None) -> None:
    by_thread("/.well-known/jwks.json")

    for path in ("/.well-known/jwks.json/", "/.well-known/", "/token", "/readyz", "/"):
        assert at_once(path) is None


def test_a_request_keeps_its_id(still: None) -> None:
    path = DOCUMENTS[0]
    by_thread(path)
    protocol = Protocol()

    AtOnce(machines()).answer(Scope("GET", path, x_request_id="r-12345678"), protocol)

    sent: dict[str, Any] = protocol.answers[0][1]
    assert sent["X-Request-ID"] == "r-12345678"
