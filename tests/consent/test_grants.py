"""Grants: how they are held, narrowed, ended and read."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from claims.catalogue.models import Scope
from consent.grants import services as grant_services
from consent.grants.selectors import StandingGrant, grant_columns, live_entries
from consent.models import DecisionOutcome, Grant, ScopeDecision
from consent.my_access.access import grants_of
from foundation.directory.models import Client, User
from foundation.journal.context import DecisionContext
from tests.consent.asking import Asking, change_scope

DAY = 86400
HERE = DecisionContext(locale="de")


def test_taking_back_one_scope_leaves_the_others(asking: Asking) -> None:
    before = asking.allow(["email", "roles"], ["email", "roles"])

    assert grant_services.revoke_scope(before, "email", context=HERE)

    grant = Grant.objects.get()
    assert grant.scopes == {"openid": None, "roles": None}
    assert grant.version == before.version + 1
    decision = ScopeDecision.objects.get(scope="email")
    assert (decision.outcome, decision.locale) == (DecisionOutcome.DENIED, "de")


@pytest.mark.parametrize("scope", ["openid", "phone", "root", ""])
def test_scope_that_is_not_a_decision_cannot_be_taken_back(asking: Asking, scope: str) -> None:
    before = asking.allow(["email"], ["email"])

    assert not grant_services.revoke_scope(before, scope, context=HERE)

    grant = Grant.objects.get()
    assert (grant.scopes, grant.version) == (before.scopes, before.version)


def test_scope_of_an_ended_grant_cannot_be_taken_back_from_the_next(asking: Asking) -> None:
    old = asking.allow(["email"], ["email"])
    grant_services.revoke_grant(old)
    new = asking.allow(["email"], ["email"])

    assert not grant_services.revoke_scope(old, "email", context=HERE)

    new.refresh_from_db()
    assert "email" in new.scopes


def test_scope_gone_from_the_catalogue_can_still_be_taken_back(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    Scope.objects.get(name="email").delete()

    assert grant_services.revoke_scope(grant, "email", context=HERE)


def test_grant_ends_once(asking: Asking) -> None:
    before = asking.allow(["email"], ["email"])

    assert grant_services.revoke_grant(before)
    assert not grant_services.revoke_grant(before)

    grant = Grant.objects.get()
    assert grant.revoked_at is not None
    assert grant.version == before.version + 1


def test_coming_back_after_leaving_opens_another_grant(asking: Asking) -> None:
    old = asking.allow(["email"], ["email"])
    grant_services.revoke_grant(old)

    new = asking.allow(["phone"], ["phone"])

    assert new.pk != old.pk
    assert new.scopes == {"openid": None, "phone": None}


def test_a_grant_is_made_where_nothing_has_to_be_asked(ada: User, client: Client) -> None:
    grant = grant_services.ensure_grant(user=ada, client=client, scopes=["openid", "email", "root"])

    assert grant.scopes == {"openid": None}


def test_ensuring_adds_only_what_is_implicit(asking: Asking) -> None:
    before = asking.allow(["email"], ["email"])
    change_scope("phone", policy="implicit")

    grant = grant_services.ensure_grant(
        user=asking.user, client=asking.client, scopes=["openid", "phone", "roles"]
    )

    assert grant.pk == before.pk
    assert grant.scopes == {"openid": None, "email": None, "phone": None}
    assert grant.version == before.version + 1


def test_ensuring_what_stands_takes_one_statement(
    asking: Asking, django_assert_num_queries: object
) -> None:
    asking.allow(["email"], ["email"])

    with django_assert_num_queries(1):  # type: ignore[operator]
        grant_services.ensure_grant(
            user=asking.user, client=asking.client, scopes=["openid", "email"]
        )


def test_denial_of_a_granted_scope_is_not_forgotten(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])

    assert not grant_services.forget_denial(grant, "email")
    assert not grant_services.forget_denial(grant, "phone")
    assert ScopeDecision.objects.get().outcome == DecisionOutcome.GRANTED


def test_live_scopes_leave_out_expired_unknown_and_inactive_ones() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    at = int(now.timestamp())
    change_scope("phone", is_active=False)

    live = live_entries(
        {"openid": None, "email": at, "roles": at + 1, "phone": None, "root": None}, now
    )

    assert live.keys() == {"openid", "roles"}


def read(grant: Grant) -> StandingGrant:
    row = ScopeDecision.objects.filter(grant=grant).values(*grant_columns()).first()
    assert row is not None
    found = StandingGrant.from_row(row)
    assert found is not None
    return found


def test_grant_is_read_along_with_what_points_at_it(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])

    found = read(grant)

    assert (found.id, found.version, found.is_revoked) == (grant.pk, grant.version, False)
    assert found.live_entries().keys() == {"openid", "email"}


def test_revoked_grant_has_no_live_scopes(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    grant_services.revoke_grant(grant)

    found = read(grant)

    assert found.is_revoked
    assert found.live_entries() == {}


def test_row_without_a_grant_has_none(asking: Asking) -> None:
    asking.deny(asking.open("openid", "email"))

    row = ScopeDecision.objects.values(*grant_columns()).get()

    assert StandingGrant.from_row(row) is None


def test_my_access_tells_since_and_until(asking: Asking) -> None:
    asking.allow(["email", "roles", "phone"], ["email", "roles"], lifetime=30 * DAY)
    since = ScopeDecision.objects.get(scope="email").decided_at

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        (found,) = grants_of(asking.user)

    assert [scope.name for scope in found.scopes] == ["openid", "email", "roles"]
    email = found.scopes[1]
    assert (email.title, email.since, email.has_ended) == ("E-mail address", since, True)
    assert [scope.name for scope in found.denied] == ["phone"]


def test_my_access_is_one_s_own(asking: Asking, linus: User) -> None:
    asking.allow(["email"], ["email"])

    assert grants_of(linus) == []


def test_my_access_leaves_out_ended_grants(asking: Asking) -> None:
    grant_services.revoke_grant(asking.allow(["email"], ["email"]))

    assert grants_of(asking.user) == []


def test_my_access_takes_five_statements_however_many_applications(
    ada: User, make_client: object, django_assert_num_queries: object
) -> None:
    for number in range(5):
        client = make_client(f"Application {number}")  # type: ignore[operator]
        Asking(ada, client).allow(["email", "roles"], ["email"])

    grants_of(ada)

    with django_assert_num_queries(5):  # type: ignore[operator]
        assert len(grants_of(ada)) == 5
