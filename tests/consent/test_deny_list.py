"""The deny-list: what gets onto it, how long it stays, and when nobody can tell what is on it."""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from consent.grants import services as grant_services
from consent.models import Grant
from foundation.journal import deny_list
from foundation.journal.context import DecisionContext
from foundation.journal.deny_list import DenyListUnavailableError, redis_copy
from foundation.journal.models import DenyListEntry
from tests.consent.asking import Asking
from tests.services import redis

HERE = DecisionContext()
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def grant(asking: Asking) -> Grant:
    return asking.allow(["email", "roles"], ["email", "roles"])


@pytest.fixture
def shared(settings: Any, redis_url: str) -> Iterator[str]:
    """Replicas share a Redis that is empty at first."""
    settings.DENY_LIST_REDIS_URL = redis_url
    redis_copy._connection().flushdb()
    yield redis_url
    redis_copy._connection().close()


def denied_grants() -> list[tuple[str, list[str] | None]]:
    return [
        (entry["grant_id"], entry["scopes"]) for entry in deny_list.current().as_json()["grants"]
    ]


def test_scope_taken_back_is_listed_with_its_grant(grant: Grant) -> None:
    grant_services.revoke_scope(grant, "email", context=HERE)

    assert denied_grants() == [(str(grant.pk), ["email"])]
    (entry,) = deny_list.current().as_json()["grants"]
    assert time.time() <= entry["before"] <= time.time() + 1


def test_grant_taken_back_is_listed_whole(grant: Grant) -> None:
    grant_services.revoke_grant(grant)

    assert denied_grants() == [(str(grant.pk), None)]


def test_scope_refused_when_asked_anew_is_listed(asking: Asking, grant: Grant) -> None:
    asking.answer(asking.open("openid", "email", "roles", reopened=True), "roles")

    assert denied_grants() == [(str(grant.pk), ["email"])]


def test_everything_refused_when_asked_anew_is_listed_whole(asking: Asking, grant: Grant) -> None:
    asking.deny(asking.open("openid", "email", "roles", reopened=True))

    assert denied_grants() == [(str(grant.pk), None)]


def test_allowing_more_lists_nothing(asking: Asking, grant: Grant) -> None:
    asking.allow(["phone"], ["phone"])

    assert deny_list.current().grants == {}


@pytest.mark.parametrize("scope", ["openid", "phone", "root"])
def test_what_is_not_taken_back_is_not_listed(grant: Grant, scope: str) -> None:
    assert not grant_services.revoke_scope(grant, scope, context=HERE)

    assert deny_list.current().grants == {}


def test_what_is_rolled_back_is_not_listed(grant: Grant) -> None:
    with transaction.atomic():
        grant_services.revoke_grant(grant)
        transaction.set_rollback(True)

    assert deny_list.current().grants == {}


def test_entries_outlive_the_tokens_and_no_longer(grant: Grant, settings: Any) -> None:
    grant_services.revoke_grant(grant)
    now, lifetime = timezone.now(), settings.SCOPEWARD.access_token_lifetime

    with time_machine.travel(now + timedelta(seconds=lifetime + 30), tick=False):
        assert deny_list.clear_expired() == 0
        assert denied_grants()
    with time_machine.travel(now + timedelta(seconds=lifetime + 61), tick=False):
        assert not denied_grants()
        assert deny_list.clear_expired() == 1


def test_revision_changes_with_the_list_and_only_then(grant: Grant) -> None:
    empty = deny_list.current().revision
    deny_list.deny_token("a")
    one = deny_list.current().revision
    deny_list.deny_token("a")

    assert deny_list.current().revision == one != empty
    assert deny_list.current().tokens == {"a"}


def test_unreadable_table_is_not_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(DenyListEntry.objects, "filter", fail)

    with pytest.raises(DenyListUnavailableError):
        deny_list.current()


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
class TestInRedis:
    def test_entry_is_there_for_other_replicas_once_committed(
        self, shared: str, grant: Grant, django_assert_num_queries: Any
    ) -> None:
        deny_list.current()
        with transaction.atomic():
            grant_services.revoke_grant(grant)
            assert not denied_grants()

        with django_assert_num_queries(0):
            assert denied_grants() == [(str(grant.pk), None)]

    def test_redis_that_forgot_everything_is_not_an_empty_list(
        self, shared: str, grant: Grant
    ) -> None:
        grant_services.revoke_grant(grant)
        redis_copy._connection().flushdb()

        assert denied_grants() == [(str(grant.pk), None)]

    def test_entry_alone_is_not_taken_for_the_whole_list(self, shared: str, grant: Grant) -> None:
        grant_services.revoke_grant(grant)
        redis_copy._connection().flushdb()
        deny_list.deny_families([uuid.UUID(int=1)])

        assert denied_grants() == [(str(grant.pk), None)]
        assert deny_list.current().families == {uuid.UUID(int=1).hex}

    def test_what_redis_was_not_told_is_there_a_second_later(
        self, shared: str, grant: Grant, settings: Any
    ) -> None:
        deny_list.current()
        settings.DENY_LIST_REDIS_URL = NOBODY
        assert grant_services.revoke_grant(grant)
        settings.DENY_LIST_REDIS_URL = shared

        assert not denied_grants()
        with time_machine.travel(time.time() + redis_copy.COMPLETE_FOR, tick=False):
            assert denied_grants() == [(str(grant.pk), None)]

    def test_expired_entries_are_gone(self, shared: str, grant: Grant, settings: Any) -> None:
        grant_services.revoke_grant(grant)
        later = time.time() + settings.DENY_LIST_LIFETIME + 1

        with time_machine.travel(later, tick=False):
            assert not denied_grants()

    def test_redis_that_stops_is_no_reason_to_keep_access(
        self, grant: Grant, settings: Any
    ) -> None:
        with redis.server() as url:
            settings.DENY_LIST_REDIS_URL = url
            deny_list.current()

        assert grant_services.revoke_scope(grant, "email", context=HERE)

        assert "email" not in Grant.objects.get().scopes
        with pytest.raises(DenyListUnavailableError):
            deny_list.current()
