"""The outbox: written with what happened, sent once, signed, never to the inside."""

import hmac
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpcore
import pytest
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from consent.approvals.models import Approvers, Delegation, Notice, WebhookEndpoint
from consent.approvals.notices.delivery import Office, deliver_mail, post_webhooks
from consent.approvals.notices.webhooks import post
from consent.approvals.use.ending import revoke
from foundation.base.outgoing import OutgoingReach, UnsafeTargetError, breaker
from foundation.directory.models import User
from foundation.journal.outbox.delivery import GIVE_UP_AFTER
from tests.approvals.asking import CONTEXT, Asking, make_rule, make_someone, say
from tests.provider import Clock

OFFICE = Office("https://id.example", OutgoingReach(anywhere=True))


def deliver_due(office: Office) -> int:
    return deliver_mail(office) + post_webhooks(office)


class Receiver(BaseHTTPRequestHandler):
    answers: list[int] = []
    heard: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.heard.append((dict(self.headers), self.rfile.read(length)))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[WebhookEndpoint]:
    """A webhook of ours that listens."""
    Receiver.answers, Receiver.heard = [], []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    yield WebhookEndpoint.objects.create(title="Chat", url=url)
    server.shutdown()
    server.server_close()


def due_now() -> None:
    Notice.objects.exclude(next_attempt_at=None).update(next_attempt_at=timezone.now())


def test_approvers_and_who_stands_in_are_told_and_who_asks_is_not(
    asking: Asking, ada: User, grace: User
) -> None:
    dora = make_someone("dora", "dpo")
    make_someone("emil")
    make_rule(Approvers.ROLE, role="dpo")
    now = timezone.now()
    Delegation.objects.create(
        from_person=dora, to_person=grace, starts_at=now, ends_at=now + timedelta(days=1)
    )
    approval = asking.lodge()

    assert deliver_due(OFFICE) == 2
    assert {to for message in mail.outbox for to in message.to} == {dora.email, grace.email}
    assert f"https://id.example/approvals/{approval.pk}/" in mail.outbox[0].body
    assert approval.detail["statement"] not in mail.outbox[0].body


def test_who_asked_is_told_the_answer(asking: Asking, ada: User, grace: User) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    say(asking.lodge(), grace)
    deliver_due(OFFICE)

    answer = next(message for message in mail.outbox if message.to == [ada.email])
    assert "Approved" in answer.body
    assert "/waiting/" in answer.body


def test_what_was_sent_is_not_sent_again(asking: Asking, grace: User) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    asking.lodge()

    assert (deliver_due(OFFICE), deliver_due(OFFICE)) == (1, 0)


def test_what_did_not_happen_is_not_told(asking: Asking, grace: User) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    with transaction.atomic():
        asking.lodge()
        transaction.set_rollback(True)

    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_many_workers_send_one_message(asking: Asking, grace: User) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    asking.lodge()

    def work(_: int) -> int:
        try:
            return deliver_due(OFFICE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 1
    assert len(mail.outbox) == 1


def test_a_webhook_is_signed_and_says_nothing_secret(
    asking: Asking, receiver: WebhookEndpoint
) -> None:
    approval = asking.approved()
    deliver_due(OFFICE)

    headers, body = Receiver.heard[0]
    told = {name.lower(): value for name, value in headers.items()}
    seconds, notice = int(told["webhook-timestamp"]), Notice.objects.earliest("created_at")
    assert told["webhook-id"] == str(notice.pk)
    key = b64decode(receiver.secret.removeprefix("whsec_"))
    content = f"{notice.pk}.{seconds}.".encode() + body
    mac = b64encode(hmac.digest(key, content, "sha256")).decode()
    assert told["webhook-signature"] == f"v1,{mac}"
    assert abs(seconds - timezone.now().timestamp()) < 60
    said = json.loads(body)
    assert (said["type"], said["data"]["approval"]) == ("approval.waiting", str(approval.pk))
    assert datetime.fromisoformat(said["timestamp"]) == notice.created_at
    assert b"SELECT" not in body
    assert b"Ada" not in body


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_webhook_that_does_not_take_it_is_tried_again(
    asking: Asking, receiver: WebhookEndpoint, status: int
) -> None:
    Receiver.answers = [status]
    asking.lodge()

    assert deliver_due(OFFICE) == 0
    notice = Notice.objects.get()
    assert notice.next_attempt_at is not None
    assert notice.next_attempt_at > timezone.now()
    due_now()
    assert deliver_due(OFFICE) == 1
    assert len(Receiver.heard) == 2
    assert Receiver.heard[0][1] == Receiver.heard[1][1]


def test_a_webhook_that_never_takes_it_is_given_up(
    asking: Asking, receiver: WebhookEndpoint
) -> None:
    Receiver.answers = [500] * (GIVE_UP_AFTER + 2)
    asking.lodge()
    for _ in range(GIVE_UP_AFTER + 2):
        deliver_due(OFFICE)
        due_now()

    assert len(Receiver.heard) == GIVE_UP_AFTER
    assert Notice.objects.get().sent_at is None


@pytest.mark.spec("Standard Webhooks", "Delivery success and failure")
def test_a_webhook_that_is_gone_is_not_tried_again(
    asking: Asking, receiver: WebhookEndpoint
) -> None:
    Receiver.answers = [410]
    asking.lodge()
    deliver_due(OFFICE)
    due_now()

    assert deliver_due(OFFICE) == 0
    assert len(Receiver.heard) == 1
    assert "410" in Notice.objects.get().error


def test_every_attempt_has_the_same_id_and_a_time_of_its_own(
    asking: Asking, receiver: WebhookEndpoint, clock: Clock
) -> None:
    Receiver.answers = [503]
    asking.lodge()
    deliver_due(OFFICE)
    clock.advance(seconds=31)
    deliver_due(OFFICE)

    one, other = (
        {name.lower(): said for name, said in heard[0].items()} for heard in Receiver.heard
    )
    assert one["webhook-id"] == other["webhook-id"]
    assert int(other["webhook-timestamp"]) - int(one["webhook-timestamp"]) in {31, 32}
    assert one["webhook-signature"] != other["webhook-signature"]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.1.2.3/",
        "https://0.0.0.0/",
        "https://user@127.0.0.1/",
        "ftp://hooks.example.com/",
    ],
)
def test_a_webhook_never_leads_inside(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    endpoint = WebhookEndpoint.objects.create(title="Inside", url=url)
    asking.lodge()
    monkeypatch.setattr(
        httpcore.SyncBackend, "connect_tcp", lambda *a, **k: pytest.fail("it was posted")
    )

    with pytest.raises(UnsafeTargetError):
        post(Notice.objects.get(), endpoint, "https://id.example", OutgoingReach())
    assert deliver_due(Office("https://id.example")) == 0


def test_an_endpoint_that_rests_is_put_off_and_holds_up_nobody(
    asking: Asking, receiver: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = WebhookEndpoint.objects.create(title="Dead", url="http://127.0.0.1:1/hook")
    asking.lodge()
    asking.lodge("hr.employees.bonus")

    assert post_webhooks(OFFICE) == 2

    first, second = Notice.objects.filter(endpoint=dead).order_by("-attempts")
    assert (first.attempts, second.attempts) == (1, 0)
    assert breaker.rest(dead.url) > 0
    for notice in (first, second):
        assert notice.next_attempt_at is not None
        assert notice.next_attempt_at > timezone.now()
    breaker.clear()


def test_mail_does_not_wait_for_webhooks(
    asking: Asking, receiver: WebhookEndpoint, grace: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    asking.lodge()

    assert deliver_mail(OFFICE) == 1
    assert Receiver.heard == []
    assert post_webhooks(OFFICE) == 1


def test_another_version_is_another_secret(receiver: WebhookEndpoint) -> None:
    before = receiver.secret
    receiver.secret_version += 1

    assert receiver.secret != before


def test_a_revocation_is_told(asking: Asking, ada: User) -> None:
    revoke(asking.approved(), "stolen laptop", CONTEXT)
    deliver_due(OFFICE)

    assert [message.to for message in mail.outbox] == [[ada.email], [ada.email]]
