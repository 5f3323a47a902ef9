"""Every secret of the servers can be replaced, and what it protected goes on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from consent.approvals.models import WebhookEndpoint
from foundation.base import conf, env
from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.keyed import Ring, id_of
from foundation.base.keys.sealing import is_of_an_older_key
from foundation.base.keys.secret_texts import unseal_text
from foundation.base.models import SigningKey
from foundation.directory.factors import recovery, totp
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Entry, link, record
from foundation.journal.chain.inspection import rows_linked_by
from foundation.journal.models import Act, Kind
from idp.models import BackchannelRequest
from idp.tokens.rekeying import DIGESTS, SECRETS
from tests.accounts.factors.holding import code_of, has_app
from tests.consent.history.reading import findings
from tests.factories import make_relying_party
from tests.jwt import verified
from tests.people import make_grace
from tests.relying_party import RelyingParty, answer_of
from tests.specs.ciba.asking import Asker
from tests.specs.ciba.conftest import make_asker

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NEW = b"n" * 20 + b"ew secret of this server"
JWE = re.compile(r"\beyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+")
"""RFC 7516 §7.1."""
NOTIFICATION = "a-notification-token-0123456789"


@dataclass
class Day:
    """What is under way when a secret is replaced."""

    rp: RelyingParty
    waiting: RelyingParty
    asker: Asker
    person: User
    code: str
    tokens: dict[str, Any]
    opaque: dict[str, Any]
    opaque_rp: RelyingParty
    pushed: dict[str, Any]
    auth_req_id: str
    webhook_secret: str
    holder: User
    app: str
    """The secret of the holder's authenticator app."""
    recovery_codes: list[str]

    def goes_on(self) -> None:
        """Everything that was given still works, once."""
        assert WebhookEndpoint.objects.get().secret == self.webhook_secret
        assert self.rp.exchange(self.code).status_code == 200
        refreshed = self.rp.refresh(self.tokens["refresh_token"])
        assert refreshed.status_code == 200, refreshed.content
        assert verified(self.tokens["id_token"])["sub"] == self.person.subject
        assert self.opaque_rp.userinfo(self.opaque["access_token"]).status_code == 200
        assert "code" in answer_of(self.rp.authorize(**self.pushed))
        assert "code" in answer_of(self.waiting.go_on(self.person))  # type: ignore[attr-defined]
        polled = self.asker.poll(self.auth_req_id)
        assert polled.json()["error"] == "authorization_pending"
        assert NOTIFICATION in unseal_text(BackchannelRequest.objects.get().notification)
        assert self.rp.browser.get(reverse("account")).status_code == 200
        assert totp.accept(self.holder, code_of(self.app), timezone.now())
        assert recovery.accept(self.holder, self.recovery_codes.pop())


class Waiting(RelyingParty):
    """Its browser is at the sign-in page."""

    def go_on(self, person: User) -> Any:
        """Sign in and decide."""
        page = self.sign_in(person, self.page)
        return self.decide(page) if self._is_at(page, "review") else page


@pytest.fixture
def secrets_of_their_own(settings: Any) -> None:
    """In development one secret stands in for all of them."""
    settings.SCOPEWARD = replace(conf.current(), pepper=Ring(b"the pepper" * 4))
    settings.HISTORY_SECRET = Ring(b"the history" * 4)


@pytest.fixture
def day(secrets_of_their_own: None, provider: None, person: User, rp: RelyingParty) -> Day:
    asker = make_asker(
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint="https://client.example/ping",
    )
    opaque = make_relying_party(client_name="Opaque", access_token_format="opaque")
    tokens = rp.obtain_tokens(person, scope="openid email offline_access", prompt="consent")
    waiting = Waiting(rp.client, rp.secret)
    waiting.page = waiting.authorize()  # type: ignore[attr-defined]
    holder = make_grace()
    return Day(
        rp,
        waiting,
        asker,
        person,
        code=rp.obtain_code(person, scope="openid email"),
        tokens=tokens,
        opaque=opaque.obtain_tokens(person),
        opaque_rp=opaque,
        pushed=rp.pushed(scope="openid email"),
        auth_req_id=asker.asked(client_notification_token=NOTIFICATION),
        webhook_secret=WebhookEndpoint.objects.create(title="W", url="https://w.example").secret,
        holder=holder,
        app=has_app(holder),
        recovery_codes=recovery.make(holder, timezone.now()),
    )


def replace_secret(settings: Any, name: str) -> Ring:
    """Start the servers anew, with a new secret and the one before among the older ones."""
    before = SECRETS[name].ring()
    after = Ring(NEW, (before.current, *before.older))
    columns = {"TOKEN_PEPPER": "pepper", "KEY_ENCRYPTION_SECRET": "key_encryption_secret"}
    if name in columns:
        settings.SCOPEWARD = replace(conf.current(), **{columns[name]: after})
    elif name == "HISTORY_SECRET":
        settings.HISTORY_SECRET = after
    else:
        settings.SECRET_KEY = after.current.decode()
        settings.SECRET_KEY_FALLBACKS = [secret.decode() for secret in after.older]
    return before


def test_every_secret_that_is_read_can_be_replaced() -> None:
    assert set(env.rings) == set(SECRETS)


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_replaced_without_voiding_what_it_protected(
    day: Day, settings: Any, name: str, capsys: Any
) -> None:
    before = replace_secret(settings, name)

    call_command("rotate_secret", name)

    said = capsys.readouterr().out
    assert f"key {id_of(NEW)} makes" in said
    day.goes_on()
    assert findings() == []
    (act,) = Act.objects.filter(kind=Kind.SECRET_ROTATED)
    assert act.detail == {"secret": name, "key": id_of(NEW), "before": [before.key_id]}

    call_command("rotate_secret", name)
    assert Act.objects.filter(kind=Kind.SECRET_ROTATED).count() == 1


@pytest.mark.parametrize("name", ["TOKEN_PEPPER", "HISTORY_SECRET", "KEY_ENCRYPTION_SECRET"])
def test_what_rests_on_an_older_secret_is_void_without_it(
    day: Day, settings: Any, name: str
) -> None:
    """Or the tests above would prove nothing."""
    replace_secret(settings, name)
    columns = {"TOKEN_PEPPER": "pepper", "KEY_ENCRYPTION_SECRET": "key_encryption_secret"}
    if name in columns:
        settings.SCOPEWARD = replace(conf.current(), **{columns[name]: Ring(NEW)})
    else:
        settings.HISTORY_SECRET = Ring(NEW)
    start_new_epoch()

    answers = [day.rp.exchange(day.code).status_code == 200, not findings()]
    assert answers == [name == "HISTORY_SECRET", name == "TOKEN_PEPPER"]


def test_what_is_used_moves_to_the_new_pepper(day: Day, settings: Any) -> None:
    before = replace_secret(settings, "TOKEN_PEPPER")
    stored = Client.objects.get(pk=day.rp.client.pk).client_secret

    day.rp.refresh(day.tokens["refresh_token"])

    moved = Client.objects.get(pk=day.rp.client.pk).client_secret
    assert stored.startswith(f"hmac_sha256${before.key_id}")
    assert moved.startswith(f"hmac_sha256${id_of(NEW)}")
    assert SECRETS["TOKEN_PEPPER"].resting(before.key_id)["refresh tokens"] == 1  # the code's


def test_after_the_keys_were_sealed_anew_the_older_secret_can_go(day: Day, settings: Any) -> None:
    before = replace_secret(settings, "KEY_ENCRYPTION_SECRET")
    call_command("rotate_secret", "KEY_ENCRYPTION_SECRET")
    settings.SCOPEWARD = replace(conf.current(), key_encryption_secret=Ring(NEW))

    assert not any(SECRETS["KEY_ENCRYPTION_SECRET"].resting(before.key_id).values())
    day.goes_on()


def test_a_key_that_is_not_ours_is_not_made_ours_by_a_rotation(day: Day, settings: Any) -> None:
    SigningKey.objects.filter(algorithm="RS256").update(mac="0" * 64)
    replace_secret(settings, "KEY_ENCRYPTION_SECRET")

    call_command("rotate_secret", "KEY_ENCRYPTION_SECRET")

    assert SigningKey.objects.get(algorithm="RS256").mac == "0" * 64


def test_every_column_with_digests_is_known(day: Day) -> None:
    """Whatever a day leaves that begins with the pepper's id: nobody has to remember a new one."""
    day.goes_on()
    key_id = conf.current().pepper.key_id
    known = {(rows.model, column) for _, rows, column, _ in DIGESTS}

    assert _columns_with(key_id) <= known


def test_everything_sealed_is_sealed_anew(day: Day, settings: Any) -> None:
    """Whatever a day leaves that opens with the secret of sealing, in any column of any table."""
    replace_secret(settings, "KEY_ENCRYPTION_SECRET")
    before = _sealed()
    assert {("mfa.Authenticator", "data"), ("base.SigningKey", "private_jwe")} <= before.keys()
    assert all(texts and all(map(is_of_an_older_key, texts)) for texts in before.values())

    call_command("rotate_secret", "KEY_ENCRYPTION_SECRET")

    after = _sealed()
    assert after.keys() == before.keys()
    assert {
        column: [text for text in texts if is_of_an_older_key(text)]
        for column, texts in after.items()
    } == {column: [] for column in after}


def _sealed() -> dict[tuple[str, str], list[str]]:
    """Return the compact JWEs of each column that has any."""
    found: dict[tuple[str, str], list[str]] = {}
    for model, name in _text_columns():
        for value in model._default_manager.values_list(name, flat=True):
            for text in JWE.findall(value if isinstance(value, str) else json.dumps(value)):
                found.setdefault((model._meta.label, name), []).append(text)
    return found


def _text_columns() -> Iterator[tuple[Any, str]]:
    tables = set(connection.introspection.table_names())
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_text = field.get_internal_type() in {"CharField", "TextField", "JSONField"}
            if is_text and model._meta.db_table in tables:
                yield model, field.name


def _columns_with(key_id: str) -> set[tuple[Any, str]]:
    return {
        (model, name)
        for model, name in _text_columns()
        if model._meta.get_field(name).get_internal_type() != "JSONField"
        and model._default_manager.filter(**{f"{name}__contains": key_id}).exists()
    }


def test_a_replaced_secret_writes_no_acts_any_more(day: Day, settings: Any) -> None:
    before = replace_secret(settings, "HISTORY_SECRET")
    call_command("rotate_secret", "HISTORY_SECRET")
    after = settings.HISTORY_SECRET
    settings.HISTORY_SECRET = before
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="root")])
    settings.HISTORY_SECRET = after
    link()

    assert findings()[0].endswith("was written with a secret that had been replaced by then.")


def test_acts_keep_the_key_that_they_were_linked_under(day: Day, settings: Any) -> None:
    before = replace_secret(settings, "HISTORY_SECRET")
    call_command("rotate_secret", "HISTORY_SECRET")

    assert rows_linked_by(id_of(NEW)) >= 1
    assert SECRETS["HISTORY_SECRET"].resting(before.key_id)["acts"] == rows_linked_by(before.key_id)
