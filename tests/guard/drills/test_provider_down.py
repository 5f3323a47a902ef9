"""The provider is away: the policy in force goes on, up to its age limit, and then nothing does."""

from typing import Any

import httpx
import pytest

from tests.guard.drills.conftest import DENIED, NOBODY, PERMIT, READING, UNDECIDED, Drill, MakeDrill

FAMILY = "0123456789abcdef0123456789abcdef"


def test_the_first_question_waits_for_the_first_bundle(drill: Drill):
    assert drill.told() == PERMIT
    assert drill.provider.asked["/policy/bundle"] == 1


def test_the_bundle_is_asked_for_as_the_resource_server(drill: Drill):
    drill.told()

    asked = next(r for r in drill.provider.requests if r.url.path == "/policy/bundle")
    assert asked.headers["Authorization"] == httpx.BasicAuth("warehouse", "s3%3Acret")._auth_header
    assert asked.headers["Accept"] == "application/jose"


def test_without_any_bundle_nothing_is_decided(drill: Drill):
    assert drill.guard.revocations is None
    drill.provider.token()
    drill.provider.is_down = True

    assert drill.told() == UNDECIDED


def test_a_provider_without_a_policy_for_us_permits_nothing(drill: Drill):
    drill.provider.document = None

    assert drill.told() == UNDECIDED


def test_the_last_policy_goes_on_while_the_provider_is_down(drill: Drill):
    drill.told()
    drill.provider.is_down = True
    drill.later(299)
    drill.refresh()

    assert drill.told() == PERMIT


@pytest.mark.parametrize(
    ("max_age", "settings"), [(60, {}), (300, {"policy_max_age": 60, "policy_interval": 60})]
)
def test_beyond_its_age_limit_every_decision_is_a_denial(
    make_drill: MakeDrill, max_age: int, settings: dict[str, Any]
):
    drill = make_drill(**settings)
    drill.provider.bundle_sent = drill.provider.bundle(max_age=max_age)
    drill.told()
    drill.provider.is_down = True

    drill.later(60)
    assert drill.told() == PERMIT
    drill.later(0.1)
    drill.refresh()
    assert drill.told() == UNDECIDED


@pytest.mark.spec("RFC 9110", "13.1.2")
def test_unmodified_confirms_the_policy_that_is_held(drill: Drill):
    drill.told()
    for _ in range(3):
        drill.later(200)
        drill.refresh()
    drill.provider.is_down = True
    drill.later(299)

    assert drill.told() == PERMIT
    assert drill.provider.requests[-2].headers["If-None-Match"].startswith('"')


def test_a_policy_that_was_taken_away_ends_with_its_age(drill: Drill):
    drill.told()
    drill.provider.document = None
    drill.refresh()
    assert drill.told() == PERMIT

    drill.later(301)
    assert drill.told() == UNDECIDED


def test_a_provider_that_comes_back_is_followed_again(drill: Drill):
    drill.told()
    drill.provider.is_down = True
    drill.later(400)
    drill.refresh()
    assert drill.told() == UNDECIDED

    drill.provider.is_down = False
    drill.publish(NOBODY)
    drill.refresh()
    assert drill.told() == DENIED


def test_a_new_policy_counts_with_the_next_refresh(drill: Drill):
    assert drill.told() == PERMIT
    drill.publish(NOBODY)
    drill.refresh()
    assert drill.told() == DENIED
    drill.publish(READING)
    drill.refresh()
    assert drill.told() == PERMIT


def test_a_grant_that_was_revoked_is_known_from_the_bundle_alone(make_drill: MakeDrill):
    drill = make_drill(revocations=True)
    drill.provider.has_no_deny_list = True
    assert drill.told() == PERMIT

    drill.later(1)
    drill.provider.revoked = {**drill.provider.revoked, "families": [FAMILY]}
    drill.refresh()
    drill.provider.is_down = True

    assert drill.told() == (401, "invalid_token")


def test_what_the_deny_list_named_stays_revoked_under_a_bundle_that_does_not_know_it(
    make_drill: MakeDrill,
):
    drill = make_drill(revocations=True)
    drill.told()
    older = drill.provider.bundle()
    drill.provider.revoked = {**drill.provider.revoked, "families": [FAMILY]}
    assert drill.guard.revocations
    drill.guard.revocations.poll()
    drill.provider.bundle_sent = older
    drill.refresh()

    assert drill.told() == (401, "invalid_token")


def test_sensitive_tokens_are_refused_once_neither_list_is_fresh(make_drill: MakeDrill):
    drill = make_drill(revocations=True, fresh_scopes=frozenset({"payments:read"}))
    drill.provider.has_no_deny_list = True
    assert drill.told() == PERMIT

    drill.provider.is_down = True
    drill.later(5.1)

    assert drill.told() == UNDECIDED


def test_other_settings_leave_the_bundles_revocations_alone(drill: Drill):
    drill.provider.revoked = {**drill.provider.revoked, "families": [FAMILY]}

    assert drill.told() == PERMIT
