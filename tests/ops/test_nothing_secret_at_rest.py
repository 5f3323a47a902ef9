"""A day of everything that is handed out, then a dump of all that is kept: none of it is there."""

import base64
import inspect
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import redis
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser

from consent.approvals.models import WebhookEndpoint
from foundation.base import conf
from foundation.base.keys.ring import rotate_due_keys
from foundation.base.keys.sealing import unseal
from foundation.base.models import SigningKey
from foundation.directory.models import User
from foundation.directory.risk.device_cookie import cookie_name
from idp import tasks
from idp.celery import app
from tests.factories import make_relying_party
from tests.relying_party import PASSWORD, VERIFIER, RelyingParty
from tests.specs.ciba.conftest import make_asker

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.redis]
SECRET_MEMBERS = {
    "access_token", "refresh_token", "id_token", "code", "request_uri", "auth_req_id",
    "client_secret", "device_code", "registration_access_token",
}  # fmt: skip
HANDED_OUT = {
    "access_token", "refresh_token", "id_token", "code", "request_uri", "auth_req_id",
    "mailed link", "client secret", "webhook secret", "private key",
}  # fmt: skip
LEAST = 16
"""Characters of what can be a secret; anything shorter is in every table by chance."""
NOTIFICATION = "a-notification-token-0123456789"
NEW = "another-long-password"
KEPT_BY_THE_BROWSER_ALONE = {"messages", "django_language"}


class Collector:
    """Notes everything secret that answers and mails hand out."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def note(self, name: str, value: str) -> None:
        if len(value) >= LEAST:
            self.found.setdefault(value, name)

    def look_at(self, response: HttpResponse) -> None:
        """Note cookies, what is in the query of a redirect, and members of JSON."""
        for name, morsel in response.cookies.items():
            if name not in KEPT_BY_THE_BROWSER_ALONE:
                self.note(f"cookie {name}", morsel.value)
        for name, value in parse_qsl(urlsplit(response.get("Location", "")).query):
            if name in SECRET_MEMBERS:
                self.note(name, value)
        if "json" in response.get("Content-Type", "") and not response.streaming:
            with suppress(ValueError):
                self._members(json.loads(response.content))

    def _members(self, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in SECRET_MEMBERS and isinstance(inner, str):
                    self.note(name, inner)
                self._members(inner)
        elif isinstance(value, list):
            for inner in value:
                self._members(inner)

    def look_at_mail(self) -> None:
        for message in mail.outbox:
            for link in re.findall(r"/(?:reset/key|confirm-email)/([^/\s]+)", str(message.body)):
                self.note("mailed link", link)
                self.note("mailed link", link.partition("-")[2])


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> Collector:
    """Collect from every browser and program of the test."""
    collector, request = Collector(), Browser.request

    def noting(browser: Browser, **environ: Any) -> Any:
        response = request(browser, **environ)
        collector.look_at(response)
        return response

    monkeypatch.setattr(Browser, "request", noting)
    return collector


@pytest.fixture
def in_redis(provider: None, settings: Any, redis_url: str) -> str:
    """Keep in Redis what production keeps there."""
    store = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {"serializer": "idp.json_cache.JSONSerializer"},
    }
    settings.CACHES = {"default": store}
    settings.DENY_LIST_REDIS_URL = redis_url
    settings.ACCOUNT_RATE_LIMITS = {}
    return redis_url


def play_the_day(person: User, handed_out: Collector) -> None:
    """Sign in, consent, tokens of every kind, requests that wait, passwords, keys."""
    rp = make_relying_party()
    tokens = rp.obtain_tokens(person, scope="openid email offline_access", prompt="consent")
    refreshed = rp.refresh(tokens["refresh_token"]).json()
    rp.userinfo(refreshed["access_token"])
    rp.introspect(refreshed["refresh_token"])
    leave_requests_waiting(rp, person, refreshed["id_token"])
    opaque = make_relying_party(client_name="Opaque", access_token_format="opaque")
    opaque.obtain_tokens(person)
    ask_without_a_browser(person)
    for relying_party in (rp, opaque):
        handed_out.note("client secret", relying_party.secret or "")
    change_passwords(person, handed_out)
    handed_out.note(
        "webhook secret", WebhookEndpoint.objects.create(url="https://a.example").secret
    )
    rotate_due_keys()
    call_command("rotate_keys", now=True)
    call_command("rotate_secret", "TOKEN_PEPPER")
    for task in ("keep_history", "settle_approvals", "clear_expired"):
        getattr(tasks, task)()


def leave_requests_waiting(rp: RelyingParty, person: User, id_token: str) -> None:
    """Everything that may be stored of a request: pushed or not, with a token as a hint."""
    rp.obtain_code(person, scope="openid email")
    rp.pushed(scope="openid email", id_token_hint=id_token)
    for more in ({}, {"id_token_hint": id_token}, rp.pushed(id_token_hint=id_token)):
        RelyingParty(rp.client, rp.secret).authorize(**more)
    rp.browser.get("/logout", {"id_token_hint": id_token})


def ask_without_a_browser(person: User) -> None:
    asker = make_asker(
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint="https://client.example/ping",
    )
    answered = asker.asked(client_notification_token=NOTIFICATION)
    asker.answer(person)
    token = asker.poll(answered).json()["id_token"]
    asker.asked(client_notification_token=NOTIFICATION, login_hint=None, id_token_hint=token)
    asker.ask(client_notification_token=NOTIFICATION, login_hint="nobody")


def change_passwords(person: User, handed_out: Collector) -> None:
    """Confirm an address, and stop half way at the page behind a mailed link."""
    theirs = Browser()
    theirs.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    theirs.post("/accounts/email/", {"email": "second@example.org", "action_add": ""})
    theirs.post("/accounts/password/reset/", {"email": person.email})
    handed_out.look_at_mail()
    link = next(v for v, name in handed_out.found.items() if name == "mailed link" and "-" in v)
    Browser().get(f"/accounts/password/reset/key/{link}/", follow=True)
    theirs.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )


def kept(redis_url: str) -> Iterator[tuple[str, str]]:
    """Return all that is kept: every row of every table, every key and value of Redis."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield table, " ".join(map(_text, row))
    client = redis.Redis.from_url(redis_url)
    for key in client.scan_iter("*"):
        yield "redis", _text(key) + " " + _text(client.dump(key))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def spellings(value: str) -> Iterator[str]:
    """Return a secret as it is, and as it would look inside base64 at each of three places."""
    yield value
    for shift in range(3):
        inside = base64.b64encode(b"\0" * shift + value.encode()).decode()
        middle = inside[4 if shift else 0 : -4]
        yield middle
        yield middle.translate(str.maketrans("+/", "-_"))


def test_nothing_that_the_day_handed_out_is_kept(
    person: User, handed_out: Collector, in_redis: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        play_the_day(person, handed_out)
    for secret in (PASSWORD, NEW, VERIFIER, NOTIFICATION, django_settings.SECRET_KEY):
        handed_out.note("typed or configured", secret)
    for ring in (conf.current().pepper, conf.current().key_encryption_secret):
        handed_out.note("configured", ring.current.decode())
    for key in SigningKey.objects.exclude(private_jwe=""):
        handed_out.note("private key", unseal(key.private_jwe).export_private(as_dict=True)["d"])

    names = set(handed_out.found.values())
    cookies = (django_settings.SESSION_COOKIE_NAME, django_settings.CSRF_COOKIE_NAME, cookie_name())
    assert HANDED_OUT | {f"cookie {cookie}" for cookie in cookies} <= names
    dump = list(kept(in_redis))
    assert {"django_session", "directory_user", "redis"} <= {place for place, _ in dump}
    leaks = {
        (name, place)
        for value, name in handed_out.found.items()
        for spelling in spellings(value)
        for place, text in dump
        if spelling in text
    }
    assert leaks == set()


def test_messages_of_tasks_carry_nothing() -> None:
    """They lie in files or in Redis until a worker takes them."""
    ours = [task for name, task in app.tasks.items() if name.startswith("idp.")]

    assert len(ours) > 5
    for task in ours:
        assert not inspect.signature(task.run).parameters, task.name


def test_search_finds_what_is_hidden_in_base64() -> None:
    hidden = base64.urlsafe_b64encode(b'{"a": "a-long-enough-secret"}').decode()

    assert any(spelling in hidden for spelling in spellings("a-long-enough-secret"))
    assert not any(spelling in hidden for spelling in spellings("another-long-secret"))
