"""The mode ping: told once there is an answer, by whom it may be told, and never to the inside."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from foundation.base.outgoing import OutgoingReach
from foundation.directory.models import Client, User
from foundation.journal.outbox.delivery import GIVE_UP_AFTER
from idp.backchannel.ping import ping_due
from idp.models import BackchannelRequest
from tests.provider import Clock
from tests.specs.ciba.asking import Asker, newest
from tests.specs.ciba.conftest import make_asker

TOKEN = "a-notification-token-0123456789"


class Receiver(BaseHTTPRequestHandler):
    answers: list[int] = []
    heard: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.heard.append((self.path, dict(self.headers), self.rfile.read(length)))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def pinged() -> Iterator[Asker]:
    """A client of ours that listens."""
    Receiver.answers, Receiver.heard = [], []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield make_asker(
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint=f"http://127.0.0.1:{server.server_port}/ping",
    )
    server.shutdown()
    server.server_close()


def ping() -> int:
    return ping_due(OutgoingReach(anywhere=True))


@pytest.mark.spec(
    "CIBA Core",
    "10.2",
    module="fapi-ciba-id1-ping-backchannel-notification-endpoint-response-has-body",
)
def test_client_is_told_once_that_there_is_an_answer(pinged: Asker, person: User) -> None:
    auth_req_id = pinged.asked(client_notification_token=TOKEN)
    assert ping() == 0
    pinged.answer(person)

    assert (ping(), ping()) == (1, 0)

    [(path, headers, body)] = Receiver.heard
    assert path == "/ping"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"auth_req_id": auth_req_id}
    assert pinged.poll(auth_req_id).status_code == 200


@pytest.mark.spec("CIBA Core", "10.2")
def test_client_is_told_of_a_no_in_the_same_words(pinged: Asker, person: User) -> None:
    auth_req_id = pinged.asked(client_notification_token=TOKEN)
    pinged.answer(person, allow=())

    assert ping() == 1
    assert json.loads(Receiver.heard[0][2]) == {"auth_req_id": auth_req_id}


@pytest.mark.spec(
    "CIBA Core",
    "10.2",
    module=(
        "fapi-ciba-id1-ping-backchannel-notification-endpoint-response-401",
        "fapi-ciba-id1-ping-backchannel-notification-endpoint-response-403",
        "fapi-ciba-id1-ping-backchannel-notification-endpoint-return-redirect-request",
    ),
)
@pytest.mark.parametrize("status", [401, 403, 302, 307])
def test_refusal_and_redirect_are_not_tried_again_nor_followed(
    pinged: Asker, person: User, status: int
) -> None:
    Receiver.answers = [status]
    auth_req_id = pinged.asked(client_notification_token=TOKEN)
    pinged.answer(person)

    assert (ping(), ping()) == (0, 0)

    assert [path for path, *_ in Receiver.heard] == ["/ping"]
    assert newest().next_attempt_at is None
    assert pinged.poll(auth_req_id).status_code == 200


def test_broken_client_is_tried_again_after_growing_pauses(
    pinged: Asker, person: User, clock: Clock
) -> None:
    Receiver.answers = [500, 503]
    pinged.asked(client_notification_token=TOKEN)
    pinged.answer(person)

    assert (ping(), ping()) == (0, 0)
    assert len(Receiver.heard) == 1
    clock.advance(seconds=6)
    assert ping() == 0
    clock.advance(seconds=6)
    assert ping() == 0
    clock.advance(seconds=5)
    assert ping() == 1


def test_it_is_given_up_in_the_end(pinged: Asker, person: User, clock: Clock) -> None:
    Receiver.answers = [500] * 100
    pinged.asked(client_notification_token=TOKEN, requested_expiry="86400")
    pinged.answer(person)

    for _ in range(GIVE_UP_AFTER + 3):
        ping()
        clock.advance(seconds=3600)

    assert len(Receiver.heard) == GIVE_UP_AFTER


def test_expired_and_fetched_requests_are_not_told(
    pinged: Asker, person: User, clock: Clock
) -> None:
    pinged.poll(pinged.asked(client_notification_token=TOKEN))
    pinged.answer(person)
    auth_req_id = pinged.asked(client_notification_token=TOKEN)
    pinged.answer(person)
    assert pinged.poll(auth_req_id).status_code == 200
    clock.advance(seconds=601)

    assert ping() == 0
    assert Receiver.heard == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9/ping",
        "https://127.0.0.1:9/ping",
        "https://[::1]:9/ping",
        "https://169.254.169.254/latest",
        "https://user@127.0.0.1:9/ping",
    ],
)
def test_nothing_inside_can_be_reached_in_production(
    pinged: Asker, person: User, endpoint: str
) -> None:
    pinged.asked(client_notification_token=TOKEN)
    pinged.answer(person)
    Client.objects.update(backchannel_client_notification_endpoint=endpoint)

    assert ping_due(OutgoingReach()) == 0
    assert Receiver.heard == []
    assert BackchannelRequest.objects.get().attempts == 1


def test_client_that_polls_is_never_told(asker: Asker, person: User) -> None:
    asker.asked(client_notification_token=TOKEN)
    asker.answer(person)

    assert newest().notification == ""
    assert ping() == 0
