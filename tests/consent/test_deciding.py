"""From answers to grants."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from claims.catalogue.models import ScopePolicy
from consent.answering import services
from consent.errors import AlreadyDecidedError, QuestionsChangedError, RequestExpiredError
from consent.models import ConsentRequest, DecisionOutcome, Grant, ScopeDecision
from tests.consent.asking import Asking, change_scope

DAY = 86400


def outcomes() -> dict[str, str]:
    return dict(ScopeDecision.objects.values_list("scope", "outcome"))


def test_each_asked_scope_gets_its_own_decision(asking: Asking) -> None:
    grant = asking.allow(["email", "phone"], ["email"])

    assert outcomes() == {"email": DecisionOutcome.GRANTED, "phone": DecisionOutcome.DENIED}
    assert grant.scopes == {"openid": None, "email": None}


def test_a_decision_records_how_it_was_made(asking: Asking) -> None:
    asking.allow(["email"], ["email"])

    decision = ScopeDecision.objects.get()
    assert (decision.locale, decision.address) == ("en", "192.0.2.7")
    assert (decision.user_agent, decision.text_version) == ("Browser", 1)


def test_ticking_a_scope_that_was_not_asked_has_no_effect(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email", "roles", "root", "openid"])

    assert grant.scopes == {"openid": None, "email": None}
    assert outcomes() == {"email": DecisionOutcome.GRANTED}


def test_leaving_out_a_required_scope_refuses_everything(asking: Asking) -> None:
    change_scope("email", policy=ScopePolicy.REQUIRED)

    grant = asking.answer(asking.open("openid", "email", "phone"), "phone")

    assert grant is None
    assert not Grant.objects.exists()
    assert outcomes() == {"email": DecisionOutcome.DENIED, "phone": DecisionOutcome.DENIED}


def test_refusing_everything_without_implicit_scopes_gives_no_grant(asking: Asking) -> None:
    assert asking.answer(asking.open("email", "phone")) is None
    assert not Grant.objects.exists()


def test_denying_a_request_gives_no_grant(asking: Asking) -> None:
    request = asking.open("openid", "email")

    asking.deny(request)

    request.refresh_from_db()
    assert request.decided_at is not None
    assert request.grant_id is None
    assert not Grant.objects.exists()
    assert outcomes() == {"email": DecisionOutcome.DENIED}


def test_denying_more_access_leaves_earlier_grants_alone(asking: Asking) -> None:
    before = asking.allow(["email"], ["email"])

    asking.deny(asking.open("openid", "email", "roles"))

    grant = Grant.objects.get()
    assert (grant.scopes, grant.version) == (before.scopes, before.version)
    assert outcomes() == {"email": DecisionOutcome.GRANTED, "roles": DecisionOutcome.DENIED}


def test_denying_more_access_keeps_a_bare_sign_in(asking: Asking) -> None:
    asking.allow([], [])

    asking.deny(asking.open("openid", "email"))

    grant = Grant.objects.get()
    assert (grant.scopes, grant.revoked_at) == ({"openid": None}, None)


def test_denying_a_reopened_request_takes_back_what_was_asked(asking: Asking) -> None:
    before = asking.allow(["email", "roles"], ["email", "roles"])

    asking.deny(asking.open("openid", "email", reopened=True))

    grant = Grant.objects.get()
    assert grant.scopes == {"openid": None, "roles": None}
    assert grant.version > before.version


def test_denying_everything_anew_ends_the_grant(asking: Asking) -> None:
    asking.allow(["email"], ["email"])

    asking.deny(asking.open("openid", "email", reopened=True))

    assert Grant.objects.get().revoked_at is not None


def test_scopes_not_asked_are_untouched(asking: Asking) -> None:
    asking.allow(["email"], ["email"], lifetime=30 * DAY)
    before = Grant.objects.get().scopes["email"]

    grant = asking.allow(["roles"], ["roles"])

    assert grant.scopes == {"openid": None, "email": before, "roles": None}


def test_unticking_a_granted_scope_when_reopened_takes_it_back(asking: Asking) -> None:
    asking.allow(["email", "roles"], ["email", "roles"])

    grant = asking.answer(asking.open("openid", "email", "roles", reopened=True), "roles")

    assert grant is not None
    assert grant.scopes == {"openid": None, "roles": None}


def test_every_answer_raises_the_version(asking: Asking) -> None:
    first = asking.allow(["email"], ["email"]).version

    assert asking.allow(["roles"], []).version > first


@time_machine.travel("2026-03-01 12:00:00+00:00", tick=False)
def test_lifetime_ends_the_scope(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"], lifetime=30 * DAY)

    expected = timezone.now() + timedelta(days=30)
    assert grant.scopes["email"] == int(expected.timestamp())
    assert ScopeDecision.objects.get().expires_at == expected


@time_machine.travel("2026-03-01 12:00:00+00:00", tick=False)
@pytest.mark.parametrize("lifetime", [None, 365 * DAY])
def test_lifetime_is_capped_by_the_catalogue(asking: Asking, lifetime: int | None) -> None:
    change_scope("email", maximum_lifetime=7 * DAY)

    grant = asking.allow(["email", "phone"], ["email", "phone"], lifetime=lifetime)

    now = int(timezone.now().timestamp())
    assert grant.scopes["email"] == now + 7 * DAY
    assert grant.scopes["phone"] == (now + lifetime if lifetime else None)


@pytest.mark.parametrize("lifetime", [0, -1])
def test_lifetime_without_time_is_refused(asking: Asking, lifetime: int) -> None:
    request = asking.open("openid", "email")

    with pytest.raises(ValueError, match="lifetime"):
        asking.answer(request, "email", lifetime=lifetime)

    assert not Grant.objects.exists()


def test_the_second_answer_changes_nothing(asking: Asking) -> None:
    request = asking.open("openid", "email")
    asking.answer(request, "email")

    with pytest.raises(AlreadyDecidedError):
        asking.answer(request)
    with pytest.raises(AlreadyDecidedError):
        asking.deny(request)

    assert outcomes() == {"email": DecisionOutcome.GRANTED}
    assert Grant.objects.get().scopes == {"openid": None, "email": None}


def test_a_late_answer_changes_nothing(asking: Asking) -> None:
    request = asking.open("openid", "email", lifetime_seconds=60)

    with (
        time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False),
        pytest.raises(RequestExpiredError),
    ):
        asking.answer(request, "email")

    assert not ScopeDecision.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"text_version": 2},
        {"is_active": False},
        {"policy": ScopePolicy.REQUIRED},
        {"policy": ScopePolicy.IMPLICIT},
        {"maximum_lifetime": 3600},
    ],
)
def test_scope_changed_since_it_was_shown_is_not_silently_granted(
    asking: Asking, change: dict[str, object]
) -> None:
    request = asking.open("openid", "email", "phone")
    shown = asking.questions("openid", "email", "phone").fingerprint
    change_scope("email", **change)

    with pytest.raises(QuestionsChangedError):
        asking.answer(request, "email", "phone", shown=shown)

    request.refresh_from_db()
    assert request.decided_at is None
    assert not Grant.objects.exists()
    assert not ScopeDecision.objects.exists()


def test_request_decided_elsewhere_meanwhile_is_asked_anew(asking: Asking) -> None:
    request = asking.open("openid", "email")
    shown = asking.questions("openid", "email").fingerprint
    asking.allow(["email"], [])

    with pytest.raises(QuestionsChangedError):
        asking.answer(request, "email", shown=shown)

    assert outcomes() == {"email": DecisionOutcome.DENIED}


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "authorize/",
        "",
    ],
)
def test_return_to_is_a_path_of_this_site(asking: Asking, return_to: str) -> None:
    with pytest.raises(ValueError, match="return_to"):
        asking.open("openid", return_to=return_to)

    assert not ConsentRequest.objects.exists()


def test_redirect_origin_is_an_origin(asking: Asking) -> None:
    with pytest.raises(ValueError, match="redirect origin"):
        asking.open("openid", redirect_origin="https://desk.example.com/callback")


def test_request_keeps_known_scopes_in_catalogue_order(asking: Asking) -> None:
    assert asking.open("email", "root", "profile", "openid").scopes == [
        "openid",
        "profile",
        "email",
    ]


def test_clearing_keeps_requests_a_person_may_still_see(asking: Asking) -> None:
    asking.open("openid", lifetime_seconds=60)

    assert services.clear_expired() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert services.clear_expired() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert services.clear_expired() == 1
