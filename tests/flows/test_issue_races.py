"""A code is for the grant as it was read: what changes meanwhile comes before it, or after."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

from consent.grants.services import revoke_grant, revoke_scope
from consent.models import Grant
from foundation.directory.models import User
from foundation.journal.context import BY_THE_SYSTEM
from idp.authorize import conduct
from idp.models import AuthorizationCode, RefreshToken
from tests.budgets import visit
from tests.engine.test_races import wait_until_somebody_waits_for_a_lock
from tests.factories import make_person, make_relying_party
from tests.relying_party import RelyingParty

pytestmark = pytest.mark.both_databases
SCOPES = "openid profile email offline_access"


@dataclass
class SignedIn:
    """Somebody who has granted everything, without a code that was issued."""

    party: RelyingParty
    person: User

    @property
    def grant(self) -> Grant:
        """The grant as it is now."""
        return Grant.objects.get(user=self.person)

    def ask(self, **parameters: Any) -> dict[str, str]:
        """Ask in silence; return the parameters of the answer."""
        request = {"prompt": "none", **parameters}
        send = visit("/authorize", self.party.request(**request), self.party.browser)
        location = send().header("Location")
        return dict(pair.split("=", 1) for pair in location.partition("?")[2].split("&") if pair)


@pytest.fixture
def signed_in(still: None, transactional_db: None, provider: None) -> SignedIn:
    """Ada at her browser."""
    return signed_in_now()


def signed_in_now() -> SignedIn:
    party, person = make_relying_party(scope=SCOPES), make_person()
    party.obtain_code(person)
    AuthorizationCode.objects.all().delete()
    RefreshToken.objects.all().delete()
    return SignedIn(party, person)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let something happen once, when it has been read that nothing has to be asked."""

    def arrange(act: Callable[[], Any]) -> None:
        acts = [act]
        look = conduct.next_step

        def looked(situation: Any) -> Any:
            found = look(situation)
            if acts:
                acts.pop()()
            return found

        monkeypatch.setattr(conduct, "next_step", looked)

    return arrange


def test_a_grant_that_is_revoked_meanwhile_gives_no_code(
    signed_in: SignedIn, meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: revoke_grant(signed_in.grant))

    assert signed_in.ask()["error"] == "login_required"
    assert not AuthorizationCode.objects.exists()
    assert not RefreshToken.objects.exists()


def test_a_scope_that_is_taken_back_meanwhile_is_not_in_the_code(
    signed_in: SignedIn, meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: revoke_scope(signed_in.grant, "email", context=BY_THE_SYSTEM))

    assert "code" in signed_in.ask()
    assert AuthorizationCode.objects.get().scope == "openid profile offline_access"
    assert RefreshToken.objects.get().scope == "openid profile offline_access"


def test_a_grant_that_changes_each_time_gives_no_code(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = conduct.next_step

    def looked(situation: Any) -> Any:
        found = look(situation)
        Grant.objects.update(version=signed_in.grant.version + 1)
        return found

    monkeypatch.setattr(conduct, "next_step", looked)

    assert signed_in.ask()["error"] == "access_denied"
    assert not RefreshToken.objects.exists()


def test_a_person_who_is_deactivated_meanwhile_gets_no_code(
    signed_in: SignedIn, meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: User.objects.update(is_active=False))

    assert signed_in.ask()["error"] == "access_denied"
    assert not RefreshToken.objects.exists()


def test_a_pushed_request_waits_for_the_answer_after_a_lost_race(
    signed_in: SignedIn, meanwhile: Callable[..., None]
) -> None:
    reference = signed_in.party.pushed(prompt="none")
    meanwhile(lambda: revoke_scope(signed_in.grant, "email", context=BY_THE_SYSTEM))

    assert "code" in signed_in.ask(**reference)
    assert AuthorizationCode.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("pushed", [False, True])
def test_an_issue_waits_for_who_is_taking_back(signed_in: SignedIn, *, pushed: bool) -> None:
    """A statement that has waited looks at the rows again: it began when all was granted still."""
    reference = signed_in.party.pushed(prompt="none") if pushed else {}

    def ask() -> dict[str, str]:
        try:
            return signed_in.ask(**reference)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            revoke_grant(signed_in.grant)
            answer = pool.submit(ask)
            wait_until_somebody_waits_for_a_lock()
        assert answer.result()["error"] == "login_required"
    assert not RefreshToken.objects.exists()


def test_of_many_issues_and_one_taking_back_none_comes_after_it(signed_in: SignedIn) -> None:
    def ask() -> dict[str, str]:
        try:
            return signed_in.ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = [pool.submit(ask) for _ in range(40)]
        answers[4].result()
        revoke_grant(signed_in.grant)
        errors = [answer.result().get("error") for answer in answers]

    assert set(errors) <= {None, "login_required"}
    assert RefreshToken.objects.count() == errors.count(None)
