"""Clearing away what has expired: in batches, without objects, and with what belongs to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import CASCADE, DO_NOTHING, PROTECT, SET_NULL
from django.utils import timezone

from consent.approvals.models import Approval
from consent.models import ConsentRequest, Grant
from foundation.base import clearing
from foundation.base.clearing import delete_in_batches, relations_of
from idp import tasks
from idp.models import AccessToken, AuthorizationCode, RefreshToken, ScimConnection
from tests.approvals.asking import Asking
from tests.factories import make_client, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
OVER = timezone.now() - timedelta(days=30)
AHEAD = timezone.now() + timedelta(days=30)


def make_session(name: str, *, hours: int) -> Session:
    expires = timezone.now() + timedelta(hours=hours)
    return Session.objects.create(session_key=name, session_data="", expire_date=expires)


def make_family(grant: Grant, name: str, **columns: Any) -> RefreshToken:
    """Return a family with its code and an opaque access token that has not expired."""
    whose = {"user": grant.user, "application": grant.client, "grant": grant}
    family = RefreshToken.objects.create(
        **whose, handle=name, token="", **{"expires": AHEAD, "ends_at": AHEAD, **columns}
    )
    AuthorizationCode.objects.create(**whose, code=name, family=family, expires=AHEAD)
    AccessToken.objects.create(
        **whose, token="", token_checksum=name, jti=name, family=family, expires=AHEAD
    )
    return family


def test_rows_are_cleared_in_batches_and_only_those_that_are_due(
    django_assert_num_queries: Any,
) -> None:
    for number in range(5):
        make_session(str(number), hours=number - 10)
    make_session("lasting", hours=1)
    over = Session.objects.filter(expire_date__lt=timezone.now())

    each = 2 + 2  # a look and a deletion, in a transaction; at the end a look in vain
    with django_assert_num_queries(3 * each + (2 + 1)):
        deleted = delete_in_batches(over, by="expire_date", at_once=2)

    assert deleted == 5
    assert Session.objects.get().session_key == "lasting"


def test_a_batch_that_took_long_is_followed_by_a_smaller_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(20):
        make_session(f"{number:02}", hours=number - 30)
    sizes: list[int] = []
    took = iter([0.06, 0.06, 0.03, 0.01, 0.01, 0.06, 0.0])
    monkeypatch.setattr(clearing, "time", Stopwatch(took))
    monkeypatch.setattr(clearing, "LEAST", 1)
    delete = clearing._delete

    def watched(model: Any, keys: list[Any]) -> int:
        sizes.append(len(keys))
        return delete(model, keys)

    monkeypatch.setattr(clearing, "_delete", watched)

    assert delete_in_batches(Session.objects.all(), by="expire_date", at_once=4) == 20
    assert sizes == [4, 2, 1, 1, 2, 4, 2, 4]


def test_on_a_busy_machine_batches_do_not_become_single_rows() -> None:
    assert clearing._next_size(60, 9.0, at_most=500) == clearing.LEAST
    assert clearing._next_size(4, 9.0, at_most=4) == 4


class Stopwatch:
    """A clock by which each batch takes so long."""

    def __init__(self, took: Iterator[float]) -> None:
        self._took, self._now, self._runs = took, 0.0, False

    def monotonic(self) -> float:
        if self._runs:
            self._now += next(self._took, 0.0)
        self._runs = not self._runs
        return self._now


def test_rows_of_one_moment_are_cleared_although_they_fill_a_batch() -> None:
    moment = timezone.now() - timedelta(hours=1)
    for number in range(5):
        Session.objects.create(session_key=str(number), session_data="", expire_date=moment)

    assert delete_in_batches(Session.objects.all(), by="expire_date", at_once=2) == 5


def test_what_a_row_takes_along_goes_with_it_and_the_rest_lets_go() -> None:
    person, (client, _) = make_person(), make_client()
    grant = Grant.objects.create(user=person, client=client)
    request = ConsentRequest.objects.create(
        user=person, client=client, scopes=[], return_to="/", expires_at=OVER
    )
    make_family(grant, "over", expires=OVER)
    make_family(grant, "revoked", revoked=OVER)
    lasting = make_family(grant, "lasting")
    waiting = Asking(client, person).lodge()
    Approval.objects.filter(pk=waiting.pk).update(consent_request=request)

    tasks.clear_expired()

    assert RefreshToken.objects.get() == lasting
    assert AccessToken.objects.get().family == lasting
    assert AuthorizationCode.objects.get().family == lasting
    waiting.refresh_from_db()
    assert waiting.consent_request is None
    assert not ConsentRequest.objects.exists()


def test_everything_that_belongs_to_a_row_can_go_with_it() -> None:
    """What others hold on to (PROTECT) is deleted by people only, who are told why not."""
    ways = {relation.on_delete for model in apps.get_models() for relation in relations_of(model)}

    assert ways <= {CASCADE, SET_NULL, DO_NOTHING, PROTECT}
    with pytest.raises(TypeError):
        clearing._delete(ScimConnection, [1])
