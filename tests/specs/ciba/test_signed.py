"""What is asked for without a browser and takes a signature: the client waits for that."""

import threading
from collections.abc import Iterator
from http.server import HTTPServer
from typing import Any

import pytest

from claims.catalogue.details.catalogue import install_defaults
from claims.catalogue.details.defaults import QUERY
from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.models import Approval, Approvers, VoteSignature
from foundation.directory.models import User
from tests.accounts.factors.holding import has_passkey
from tests.approvals.asking import make_rule
from tests.approvals.signing import send_signed
from tests.approvals.test_pages import signed_in
from tests.assertions import assert_oauth_error
from tests.authenticator import SoftwarePasskey
from tests.factories import WAREHOUSE, make_resource_server
from tests.jwt import verified
from tests.specs.ciba.asking import CIBA, Asker
from tests.specs.ciba.conftest import make_asker
from tests.specs.ciba.test_ping import TOKEN, Receiver, ping
from tests.specs.rfc9396.asking import asking, query


@pytest.fixture(params=["poll", "ping"])
def delivery(request: pytest.FixtureRequest, _provider: None) -> Iterator[dict[str, str]]:
    """How the client learns that there is an answer."""
    install_defaults()
    AuthorizationDetailsType.objects.filter(type=QUERY).update(needs_signature=True)
    make_resource_server(scopes=["query"])
    if request.param == "poll":
        yield {}
        return
    Receiver.answers, Receiver.heard = [], []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "backchannel_token_delivery_mode": "ping",
        "backchannel_client_notification_endpoint": f"http://127.0.0.1:{server.server_port}/ping",
    }
    server.shutdown()
    server.server_close()


def a_client(delivery: dict[str, str], **metadata: Any) -> Asker:
    what = {"resources": (WAREHOUSE,), "authorization_details_types": (QUERY,)}
    return make_asker(**what, **delivery, **metadata)


def lodge(client: Asker, **parameters: Any) -> str:
    is_told = client.client.backchannel_token_delivery_mode == "ping"
    told = {"client_notification_token": TOKEN} if is_told else {}
    return client.asked(authorization_details=asking(query()), **told, **parameters)


def assert_nothing_is_decided() -> None:
    assert ping() == 0
    assert not VoteSignature.objects.exists()


def assert_told_and_served(client: Asker, auth_req_id: str) -> dict[str, Any]:
    is_told = client.client.backchannel_token_delivery_mode == "ping"
    assert (ping(), ping()) == (int(is_told), 0)
    payload = verified(client.poll(auth_req_id).json()["access_token"])
    (detail,) = payload["authorization_details"]
    assert detail["approval_id"] == str(Approval.objects.get().pk)
    assert VoteSignature.objects.count() == 1
    return payload


@pytest.mark.spec("CIBA Core", "10.2")
def test_person_signs_on_the_page_after_the_answer(delivery: dict[str, str], person: User) -> None:
    client = a_client(delivery, scope="openid profile query")
    auth_req_id = lodge(client, scope="openid")
    client.answer(person)
    key, approval = has_passkey(person), Approval.objects.get()

    assert_oauth_error(client.poll(auth_req_id), "authorization_pending")
    assert_nothing_is_decided()
    assert send_signed(client.browser, approval, SoftwarePasskey()).status_code == 422
    assert_nothing_is_decided()
    assert send_signed(client.browser, approval, key).status_code == 302

    payload = assert_told_and_served(client, auth_req_id)
    assert payload["sub"] == person.subject


@pytest.mark.spec("CIBA Core", "10.2")
@pytest.mark.parametrize("is_for_itself", [False, True])
def test_somebody_else_signs(
    delivery: dict[str, str], person: User, other_person: User, is_for_itself: bool
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    if is_for_itself:
        client = a_client(
            delivery, grant_types=("client_credentials", CIBA), redirect_uris=(), scope="",
            may_ask_for_itself=True,
        )  # fmt: skip
        auth_req_id = lodge(client, scope=None, login_hint=None)
    else:
        client = a_client(delivery, scope="openid profile query")
        auth_req_id = lodge(client, scope="openid")
        client.answer(person)
    key, approval = has_passkey(other_person), Approval.objects.get()
    browser = signed_in(other_person)

    assert_oauth_error(client.poll(auth_req_id), "authorization_pending")
    assert_nothing_is_decided()
    form = {"outcome": "approve", "shown": "0" * 64}
    assert browser.post(approval.get_absolute_url(), form).status_code in {409, 422}
    assert_nothing_is_decided()
    assert send_signed(browser, approval, key).status_code == 302

    assert_told_and_served(client, auth_req_id)


@pytest.mark.spec("CIBA Core", "11")
def test_a_no_without_a_signature_ends_it(delivery: dict[str, str], other_person: User) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    client = a_client(
        delivery, grant_types=("client_credentials", CIBA), redirect_uris=(), scope="",
        may_ask_for_itself=True,
    )  # fmt: skip
    auth_req_id = lodge(client, scope=None, login_hint=None)
    browser, approval = signed_in(other_person), Approval.objects.get()
    page = browser.get(approval.get_absolute_url()).content.decode()
    shown = page.split('name="shown" value="')[1].split('"')[0]

    assert (
        browser.post(approval.get_absolute_url(), {"outcome": "deny", "shown": shown}).status_code
        == 302
    )

    assert_oauth_error(client.poll(auth_req_id), "access_denied")
