"""One configuration per request: what changes in the middle of a request is for the next one.

Another process is played by statements past the models: they write the rows and a new epoch and
tell this process nothing, which looks at the epoch at every occasion here.
"""

import json
import threading
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest
from celery.app.trace import task_has_custom
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.catalogue import scopes
from claims.catalogue.models import Scope
from claims.models import ClaimMapping, GroupAttributes
from foundation.base.configuration import epoch, kept
from foundation.base.configuration.epoch import in_use, read_epoch
from foundation.base.configuration.kept import Kept, all_kept
from foundation.base.configuration.one import ConfigurationMovesError, one_configuration
from foundation.base.keys.authentic import stamp
from foundation.base.keys.models import KeyState, SigningKey
from foundation.base.keys.ring import create_key
from foundation.base.models import ConfigurationEpoch
from foundation.directory.models import Client
from foundation.directory.registry import find_client
from idp.celery import app
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from tests.claims.factories import make_group
from tests.engine.setting import Setting
from tests.relying_party import FORM
from tests.served import machines


@pytest.fixture(autouse=True)
def _attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the epoch at every occasion; what a test keeps is kept for the test alone."""
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 0.0)
    monkeypatch.setattr(kept, "_all", [*kept._all])


def by_another_process(**changes: Callable[[], Any]) -> None:
    """Change rows and start an epoch as another process does: this one is not told."""
    with transaction.atomic():
        for change in changes.values():
            change()
        ConfigurationEpoch.objects.update(value=uuid.uuid4())


def rename_scopes(title: str) -> Callable[[], Any]:
    return lambda: Scope.objects.update(title=title)


def rotate() -> None:
    """Let the next key be the active one."""
    for state, follows in ((KeyState.ACTIVE, KeyState.RETIRING), (KeyState.NEXT, KeyState.ACTIVE)):
        key = SigningKey.objects.get(algorithm="ES256", state=state)
        key.state = follows
        stamp(key)
        SigningKey.objects.filter(pk=key.pk).update(state=key.state, mac=key.mac)


def change_everything() -> None:
    """Change what tokens show of each kind of configuration."""
    by_another_process(
        key=rotate,
        mapping=lambda: ClaimMapping.objects.filter(claim="roles").update(claim="duties"),
        group=lambda: GroupAttributes.objects.update(values={"roles": ["auditor"]}),
        scope=lambda: Scope.objects.filter(name="email").update(minimum_acr="urn:example:more"),
        client=lambda: Client.objects.update(id_token_signed_response_alg="ES256"),
    )


def seen_in(answer: HttpResponse) -> tuple[Any, ...]:
    """Return what the tokens of an answer show of the configuration they were made by."""
    tokens = json.loads(answer.content)
    head, body, _ = tokens["access_token"].split(".")
    payload = decoded(body)
    roles = [payload.get("roles"), payload.get("duties")]
    id_token_alg = decoded(tokens["id_token"].split(".")[0])["alg"]
    return (decoded(head)["kid"], id_token_alg, roles, payload["scope"], tokens.get("scope"))


def decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@pytest.fixture
def member(setting: Setting) -> Setting:
    """The parties; the person's roles come from a group."""
    create_key("ES256", KeyState.NEXT, now=timezone.now())
    make_group("Finance", setting.person, roles=["analyst"])
    return setting


@pytest.fixture
def undone() -> Callable[[], Any]:
    """Return what gives a stretch of the test whose changes are undone at its end."""

    class Undone(transaction.Atomic):
        def __exit__(self, *error: Any) -> None:
            transaction.set_rollback(True)
            super().__exit__(*error)

    return lambda: Undone(None, savepoint=True, durable=False)


def at_place(monkeypatch: pytest.MonkeyPatch, number: int, change: Callable[[], None]) -> list[int]:
    """Let a change happen before something is asked for, the `number`th time; return a count."""
    count = [0]
    get = Kept.get

    def asked(self: Kept[Any]) -> Any:
        count[0] += 1
        if count[0] == number:
            change()
        return get(self)

    monkeypatch.setattr(Kept, "get", asked)
    return count


@pytest.mark.both_databases
def test_a_token_is_of_one_configuration_wherever_it_changes(
    member: Setting, undone: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen_in(member.exchange(member.code()))
    with undone():
        change_everything()
        after = seen_in(member.exchange(member.code()))
    assert all(old != new for old, new in zip(before[:4], after[:4], strict=True))

    with undone(), monkeypatch.context() as patched:
        code = member.code()
        occasions = at_place(patched, 0, change_everything)
        member.exchange(code)
    found = set()
    for place in range(1, occasions[0] + 1):
        with undone(), monkeypatch.context() as patched:
            code = member.code()
            at_place(patched, place, change_everything)
            found.add(repr(seen_in(member.exchange(code))))

    assert occasions[0] > 5
    assert found <= {repr(before), repr(after)}
    assert repr(before) in found


def test_the_next_request_goes_by_the_change(member: Setting) -> None:
    answer = member.exchange(member.code())
    change_everything()

    assert seen_in(member.refresh(answer.json()["refresh_token"])) != seen_in(answer)


# --- what a request sees -------------------------------------------------------------------------


def titles() -> set[str]:
    return {entry.title for entry in scopes.all_scopes().values()}


@pytest.mark.django_db
def test_what_others_change_is_for_the_next_request() -> None:
    with one_configuration():
        before = titles()
        by_another_process(scope=rename_scopes("Other"))
        within = titles()
    with one_configuration():
        after = titles()

    assert within == before
    assert after == {"Other"}


@pytest.mark.django_db
def test_nothing_of_a_configuration_is_read_after_its_beginning() -> None:
    """Whatever is kept: what is read is read at first, the rest is made of it."""
    with one_configuration():
        scopes.all_scopes()
        with CaptureQueriesContext(connection) as captured:
            for each in all_kept():
                each.get()

    assert [query["sql"] for query in captured.captured_queries] == []
    assert len(all_kept()) > 15


@pytest.mark.django_db
def test_what_a_request_changes_itself_it_sees() -> None:
    with one_configuration():
        before = titles()
        scope = Scope.objects.get(name="email")
        scope.title = "Mail"
        scope.save()

        assert titles() - before == {"Mail"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_what_a_request_took_back_it_does_not_see() -> None:
    with one_configuration():
        before = titles()
        with transaction.atomic():
            scope = Scope.objects.get(name="email")
            scope.title = "Mail"
            scope.save()
            within = titles()
            transaction.set_rollback(True)
        after = titles()

    assert "Mail" in within
    assert after == before == titles()


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_with_a_request_is_not_there_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = titles()
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
    with transaction.atomic():
        with one_configuration():
            scope = Scope.objects.get(name="email")
            scope.title = "Mail"
            scope.save()
            titles()
        transaction.set_rollback(True)

    with one_configuration():
        assert titles() == before


@pytest.mark.django_db
def test_a_configuration_that_changes_while_it_is_read_is_read_again() -> None:
    changes = iter([rename_scopes("First"), rename_scopes("Second")])

    def load() -> None:
        if change := next(changes, None):
            by_another_process(scope=change)

    own = Kept(load)
    by_another_process()
    with one_configuration():
        assert titles() == {"Second"}
        assert own.get() is None


@pytest.mark.django_db
def test_a_configuration_that_never_rests_is_answered_503() -> None:
    own = Kept(by_another_process)
    by_another_process()

    answer = Browser().post(
        "/introspect", "token=some", content_type=FORM, HTTP_AUTHORIZATION="Basic YTpi"
    )

    assert answer.status_code == 503
    assert answer["Retry-After"]
    with one_configuration(), pytest.raises(ConfigurationMovesError):
        own.get()


@pytest.mark.django_db
def test_what_is_asked_for_too_late_is_not_of_another_configuration() -> None:
    with one_configuration():
        scopes.all_scopes()
        late = Kept(titles)
        assert late.get() == titles()
        by_another_process(scope=rename_scopes("Other"))
        later = Kept(lambda: set(Scope.objects.values_list("title", flat=True)))

        with pytest.raises(ConfigurationMovesError):
            later.get()


@pytest.mark.django_db
def test_what_cannot_be_loaded_fails_where_it_is_asked_for_and_nowhere_else() -> None:
    def fail() -> None:
        raise ValueError("no such policy")

    own = Kept(fail)
    with one_configuration():
        assert titles()
        with pytest.raises(ValueError, match="no such policy"):
            own.get()


@pytest.mark.django_db
def test_an_application_registered_elsewhere_a_moment_ago_is_found(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_client("warm")
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
    by_another_process(client=lambda: Client.objects.update(client_id="renamed"))

    with one_configuration():
        assert find_client("renamed") is not None
    with one_configuration():
        titles()
        by_another_process(client=lambda: Client.objects.update(client_id="again"))
        assert find_client("again") is None


# --- where it holds ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/userinfo", "/authorize", "/accounts/login/"])
def test_every_request_goes_by_one(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    get = Kept.get

    def asked(self: Kept[Any]) -> Any:
        seen.append(in_use.get())
        return get(self)

    monkeypatch.setattr(Kept, "get", asked)

    def probe(request: HttpRequest) -> HttpResponse:
        scopes.all_scopes()
        return HttpResponse()

    monkeypatch.setattr(machines(), "views", dict.fromkeys(MACHINE_ENDPOINTS, probe))
    monkeypatch.setattr("django.core.handlers.base.BaseHandler._get_response", _call(probe))
    Browser().get(path)

    assert None not in seen
    assert len(set(seen)) == 1
    assert in_use.get() is None


def _call(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    return lambda _handler, request: view(request)


@pytest.mark.django_db
def test_every_task_goes_by_one() -> None:
    @app.task(name="tests.goes_by_one")
    def task() -> bool:
        return in_use.get() is not None

    assert task() is True
    assert task_has_custom(task, "__call__"), "a worker calls it like this"
    assert in_use.get() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_requests_before_and_after_a_change_go_on_side_by_side() -> None:
    """One has begun before the change of another thread, one begins after it."""
    began, changed, seen = threading.Event(), threading.Event(), {}
    old = titles()

    def earlier() -> None:
        with one_configuration():
            titles()
            began.set()
            changed.wait(10)
            seen["earlier"] = titles(), read_epoch()
        connection.close()

    def later() -> None:
        began.wait(10)
        Scope.objects.update(title="Other")
        epoch.start_new_epoch()
        with one_configuration():
            seen["later"] = titles(), read_epoch()
            changed.set()
        connection.close()

    threads = [threading.Thread(target=each) for each in (earlier, later)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert [found for found, _epoch in (seen["earlier"], seen["later"])] == [old, {"Other"}]
    assert seen["earlier"][1] == seen["later"][1]
