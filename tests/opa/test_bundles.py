"""`/opa/bundles`: whose it is, what is in it, when it is another, and how it is waited for."""

import gzip
import io
import json
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client as Browser

from foundation.base import conf
from foundation.base.keys import ring as keys
from foundation.journal import deny_list
from foundation.journal.deny_list import DenyListUnavailableError
from idp.opa import editions, long_polls
from policy.opa.bundle import MEDIA_TYPE, PLAIN_MEDIA_TYPE
from tests.assertions import assert_oauth_error
from tests.factories import make_resource_server, make_scope
from tests.jwt import header_of, key_set, payload_of
from tests.relying_party import RelyingParty, basic

PATH = "/opa/bundles/warehouse.tar.gz"
FILES = {".manifest", ".signatures.json", "data.json"}


@pytest.fixture
def server(provider: None) -> str:
    """The Authorization header of the Warehouse."""
    client, secret = make_resource_server(client_id="warehouse", scopes=["query"])
    return basic(client.client_id, secret or "")


def fetched(authorization: str, path: str = PATH, **headers: str) -> Any:
    return Browser().get(path, HTTP_AUTHORIZATION=authorization, **headers)


def unpacked(response: Any) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(response.content), mode="r:gz") as archive:
        return {
            member.name: archive.extractfile(member).read()  # type: ignore[union-attr]
            for member in archive.getmembers()
        }


def told(response: Any) -> Any:
    return json.loads(unpacked(response)["data.json"])["scopeward"]["provider"]


def test_bundle_holds_manifest_rules_data_and_signature(server: str) -> None:
    response = fetched(server)
    files = unpacked(response)
    manifest = json.loads(files[".manifest"])

    assert response["Content-Type"] == MEDIA_TYPE
    assert set(files) > FILES
    assert all(n.startswith("scopeward/") and n.endswith(".rego") for n in set(files) - FILES)
    assert not any("_test" in name for name in files)
    assert manifest["roots"] == ["scopeward", "system/log"]
    assert manifest["rego_version"] == 1
    assert response["ETag"] == f'"{manifest["revision"]}"'


def test_bundle_says_what_a_token_is_checked_against(server: str) -> None:
    deny_list.deny_token("a")
    data = told(fetched(server))

    assert data["issuer"] == conf.current().issuer
    assert data["audience"] == "https://warehouse.example"
    assert set(data["keys"]) == {key["kid"] for key in key_set()}
    assert "query" in data["scopes"]
    assert "urn:scopeward:query:1" in data["details_types"]
    assert data["deny_list"]["tokens"] == {"a": True}
    assert 300 <= data["valid_until"] - time.time() <= 360


def test_bundle_has_no_secret(server: str) -> None:
    text = b"".join(unpacked(fetched(server)).values())

    assert b'\\"d\\"' not in text
    assert b"client_secret" not in text


def test_scopes_of_other_resource_servers_are_not_in_it(server: str) -> None:
    make_scope(name="ledger:read", resource_server="https://ledger.example")
    make_scope(name="retired", resource_server="https://warehouse.example", is_active=False)

    scopes = told(fetched(server))["scopes"]

    assert "ledger:read" not in scopes
    assert "retired" not in scopes


def test_signature_is_of_a_published_key_for_this_audience(server: str) -> None:
    (signature,) = json.loads(unpacked(fetched(server))[".signatures.json"])["signatures"]

    assert header_of(signature)["alg"] == "RS256"
    assert header_of(signature)["typ"] == "opa-bundle+jwt"
    assert header_of(signature)["kid"] in {key["kid"] for key in key_set()}
    assert payload_of(signature)["scope"] == "https://warehouse.example"


def test_same_contents_are_the_same_bytes(server: str) -> None:
    first = fetched(server)
    editions._kept.clear()

    assert fetched(server).content == first.content
    assert gzip.decompress(first.content)[257:262] == b"ustar"


def test_who_has_the_bundle_is_told_so(server: str) -> None:
    etag = fetched(server)["ETag"]

    same = fetched(server, HTTP_IF_NONE_MATCH=etag)

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("etag", ["", "*", '"0123"', "0" * 32, '"' + "0" * 32 + '"'])
def test_who_has_another_is_given_it(server: str, etag: str) -> None:
    assert fetched(server, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_scope_key_and_revocation_make_it_another(server: str) -> None:
    etags = [fetched(server)["ETag"]]
    deny_list.deny_token("a")
    etags.append(fetched(server)["ETag"])
    make_scope(name="more", resource_server="https://warehouse.example")
    etags.append(fetched(server)["ETag"])
    keys.rotate_due_keys(force=True)
    etags.append(fetched(server)["ETag"])

    assert len(set(etags)) == 4


def test_what_does_not_concern_it_leaves_it_the_same(server: str) -> None:
    etag = fetched(server)["ETag"]
    make_scope(name="ledger:read", resource_server="https://ledger.example")

    assert fetched(server)["ETag"] == etag


def test_bundle_is_made_again_while_it_still_counts(server: str, clock: Any) -> None:
    first = fetched(server)
    clock.advance(seconds=editions.WINDOW)
    second = fetched(server)

    assert second["ETag"] != first["ETag"]
    assert told(second)["valid_until"] == told(first)["valid_until"] + editions.WINDOW
    assert editions.WINDOW < editions.VALID_FOR / 2


def test_bundle_is_made_once(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = editions.make_bundle
    monkeypatch.setattr(editions, "make_bundle", lambda *told: made.append(1) or make(*told))

    fetched(server)
    fetched(server)

    assert made == [1]


def test_warm_bundle_takes_one_statement(server: str, django_assert_num_queries: Any) -> None:
    fetched(server)

    with django_assert_num_queries(1):
        fetched(server)


@pytest.mark.parametrize(
    "name", ["other", "", "warehouse", "warehouse.tar.gz.tar.gz", "..warehouse", "WAREHOUSE"]
)
def test_no_other_bundle_is_given(server: str, name: str) -> None:
    make_resource_server(client_id="other", audience="https://other.example")
    path = f"/opa/bundles/{name}" if name == "warehouse" else f"/opa/bundles/{name}.tar.gz"

    assert_oauth_error(fetched(server, path), "invalid_target")


@pytest.mark.parametrize("header", ["", "Bearer token", "Basic bm9ib2R5OndpdGg="])
def test_strangers_learn_nothing(server: str, header: str) -> None:
    response = fetched(header)

    assert response.status_code in {400, 401}
    assert response.json()["error"] in {"invalid_client", "invalid_request"}


def test_bundle_is_not_for_relying_parties(rp: RelyingParty) -> None:
    authorization = basic(rp.client.client_id, rp.secret or "")

    assert_oauth_error(fetched(authorization), "unauthorized_client")


def test_bundle_is_only_read(server: str) -> None:
    assert Browser().post(PATH, HTTP_AUTHORIZATION=server).status_code == 405


def test_nobody_can_tell_is_not_nothing_is_refused(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = fetched(server)["ETag"]

    def fail() -> None:
        raise DenyListUnavailableError

    monkeypatch.setattr(deny_list, "current", fail)

    for response in (fetched(server), fetched(server, HTTP_IF_NONE_MATCH=etag)):
        assert_oauth_error(response, "temporarily_unavailable", status=503)
        assert response["Retry-After"] == "1"


# --- waiting ---------------------------------------------------------------------------------


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note how long each wait could have been; none takes any time."""
    noted: list[float] = []

    class Passing:
        def wait(self, known: Any, seconds: float) -> None:
            noted.append(seconds)
            monkeypatch.setattr(long_polls, "LONGEST", 0.0)

    monkeypatch.setattr(long_polls, "_watch", Passing())
    monkeypatch.setattr(long_polls.time, "monotonic", lambda: 0.0 if not noted else 1000.0)
    return noted


def prefer(value: str, etag: str) -> dict[str, str]:
    return {"HTTP_PREFER": value, "HTTP_IF_NONE_MATCH": etag}


@pytest.mark.parametrize(
    "value", ["wait=5", "modes=snapshot,delta;wait=5", "wait=5; respond-async"]
)
def test_who_has_the_bundle_may_wait_for_another(
    server: str, waits: list[float], value: str
) -> None:
    etag = fetched(server)["ETag"]

    assert fetched(server, **prefer(value, etag)).status_code == 304
    assert waits == [5.0]


def test_nobody_waits_longer_than_the_limit(server: str, waits: list[float]) -> None:
    etag = fetched(server)["ETag"]
    limit = long_polls.LONGEST

    fetched(server, **prefer("wait=999999", etag))

    assert waits == [limit]


@pytest.mark.parametrize("value", ["", "wait=", "wait=0", "wait=-5", "await=5", "wait=5x", "wait"])
def test_who_does_not_ask_to_wait_does_not(server: str, waits: list[float], value: str) -> None:
    etag = fetched(server)["ETag"]

    assert fetched(server, **prefer(value, etag)).status_code == 304
    assert waits == []


def test_who_has_no_bundle_does_not_wait(server: str, waits: list[float]) -> None:
    assert fetched(server, HTTP_PREFER="wait=5").status_code == 200
    assert fetched(server, **prefer("wait=5", '"' + "0" * 32 + '"')).status_code == 200
    assert waits == []


def test_strangers_do_not_wait(server: str, waits: list[float]) -> None:
    etag = fetched(server)["ETag"]

    assert fetched("", **prefer("wait=5", etag)).status_code in {400, 401}
    assert waits == []


def test_who_finds_no_place_to_wait_is_sent_back_to_asking_at_intervals(
    server: str, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = fetched(server)["ETag"]
    full = long_polls.threading.BoundedSemaphore(0)
    monkeypatch.setattr(long_polls, "_places", lambda number: full)

    response = fetched(server, **prefer("wait=5", etag))

    assert (response.status_code, response["Content-Type"]) == (200, PLAIN_MEDIA_TYPE)
    assert response["ETag"] == etag
    assert waits == []


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_place_is_given_back(
    server: str, waits: list[float], monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    etag = fetched(server)["ETag"]
    places = long_polls.threading.BoundedSemaphore(1)
    monkeypatch.setattr(long_polls, "_places", lambda number: places)
    if ends == "badly":

        def fail(*told: Any) -> None:
            raise DenyListUnavailableError

        monkeypatch.setattr(long_polls._watch, "wait", fail)

    fetched(server, **prefer("wait=5", etag))

    assert places.acquire(blocking=False)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_waiting_ends_with_a_revocation(server: str) -> None:
    etag = fetched(server)["ETag"]
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        waiting = pool.submit(_in_a_thread, server, **prefer("wait=10", etag))
        deny_list.deny_token("a")
        response = waiting.result()

    assert response.status_code == 200
    assert told(response)["deny_list"]["tokens"] == {"a": True}
    assert time.monotonic() - began < 5


def _in_a_thread(server: str, **headers: str) -> Any:
    from django.db import connections

    try:
        return fetched(server, **headers)
    finally:
        connections.close_all()
