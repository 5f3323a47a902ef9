"""A reason for every prompt."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from claims.catalogue.models import ScopePolicy
from consent.asking.prompts import ConsentQuestions, ScopeState
from consent.grants import services as grant_services
from foundation.journal.context import DecisionContext
from tests.consent.asking import Asking, change_scope

DAY = 86400


def states(questions: ConsentQuestions) -> dict[str, tuple[ScopeState, bool]]:
    return {item.entry.name: (item.state, item.asked) for item in questions.items}


@pytest.mark.spec("OIDC Core", "3.1.2.4")
def test_first_visit_shows_a_screen_even_when_only_implicit_scopes_are_asked(
    asking: Asking,
) -> None:
    questions = asking.questions("openid")

    assert questions.must_ask
    assert questions.asked == ()
    assert questions.granted == frozenset()


def test_implicit_scopes_are_never_questions(asking: Asking) -> None:
    questions = asking.questions("openid", "email")

    assert [entry.name for entry in questions.implicit] == ["openid"]
    assert states(questions) == {"email": (ScopeState.NEW, True)}


def test_standing_grant_needs_no_question_for_the_same_scopes(asking: Asking) -> None:
    asking.allow(["email"], ["email"])

    questions = asking.questions("openid", "email")

    assert not questions.must_ask
    assert questions.granted == {"openid", "email"}


def test_withheld_scope_is_not_asked_again(asking: Asking) -> None:
    asking.allow(["email", "phone"], ["email"])

    questions = asking.questions("openid", "email", "phone")

    assert not questions.must_ask
    assert questions.granted == {"openid", "email"}
    assert questions.denied == {"phone"}


def test_all_optional_scopes_withheld_leaves_the_sign_in_without_a_question(
    asking: Asking,
) -> None:
    asking.allow(["email", "phone"], [])

    questions = asking.questions("openid", "email", "phone")

    assert not questions.must_ask
    assert questions.granted == {"openid"}


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_reopened_request_asks_granted_and_denied_scopes_again(asking: Asking) -> None:
    asking.allow(["email", "phone"], ["email"])

    questions = asking.questions("openid", "email", "phone", reopened=True)

    assert questions.must_ask
    assert states(questions) == {
        "email": (ScopeState.GRANTED, True),
        "phone": (ScopeState.DENIED, True),
    }
    assert [item.ticked for item in questions.items] == [True, False]


def test_only_the_new_scope_is_asked_beside_granted_ones(asking: Asking) -> None:
    asking.allow(["email"], ["email"])

    questions = asking.questions("openid", "email", "roles")

    assert [item.entry.name for item in questions.asked] == ["roles"]
    assert [item.entry.name for item in questions.kept] == ["email"]
    assert questions.granted == {"openid", "email"}


def test_expired_scope_asks_just_for_itself(asking: Asking) -> None:
    asking.allow(["email"], ["email"], lifetime=30 * DAY)
    asking.allow(["roles"], ["roles"])

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        questions = asking.questions("openid", "email", "roles")

    assert states(questions) == {
        "email": (ScopeState.EXPIRED, True),
        "roles": (ScopeState.GRANTED, False),
    }
    assert questions.granted == {"openid", "roles"}


def test_changed_text_asks_again_and_is_not_released_meanwhile(asking: Asking) -> None:
    asking.allow(["email"], ["email"])
    change_scope("email", text_version=2)

    questions = asking.questions("openid", "email")

    assert states(questions) == {"email": (ScopeState.CHANGED, True)}
    assert questions.granted == {"openid"}


def test_changed_text_does_not_reopen_a_denial(asking: Asking) -> None:
    asking.allow(["email"], [])
    change_scope("email", text_version=2)

    assert not asking.questions("openid", "email").must_ask


def test_denied_scope_is_asked_again_once_it_is_required(asking: Asking) -> None:
    asking.allow(["email"], [])
    change_scope("email", policy=ScopePolicy.REQUIRED)

    questions = asking.questions("openid", "email")

    assert states(questions) == {"email": (ScopeState.DENIED, True)}
    assert questions.must_ask


def test_refused_first_visit_asks_everything_with_the_denials_unticked(asking: Asking) -> None:
    asking.deny(asking.open("openid", "email"))

    questions = asking.questions("openid", "email", "phone")

    assert states(questions) == {
        "email": (ScopeState.DENIED, True),
        "phone": (ScopeState.NEW, True),
    }
    assert [item.ticked for item in questions.items] == [False, True]


def test_decisions_of_a_revoked_grant_do_not_count(asking: Asking) -> None:
    grant_services.revoke_grant(asking.allow(["email"], ["email"]))

    questions = asking.questions("openid", "email")

    assert states(questions) == {"email": (ScopeState.NEW, True)}
    assert questions.granted == frozenset()


def test_decisions_of_a_revoked_grant_do_not_count_under_a_later_one(asking: Asking) -> None:
    grant_services.revoke_grant(asking.allow(["email", "roles"], ["email", "roles"]))
    asking.allow(["roles"], ["roles"])

    assert states(asking.questions("openid", "email")) == {"email": (ScopeState.NEW, True)}


def test_scope_held_as_implicit_is_asked_once_it_is_optional_whatever_was_decided_long_ago(
    asking: Asking,
) -> None:
    grant_services.revoke_grant(asking.allow(["email"], ["email"]))
    change_scope("email", policy=ScopePolicy.IMPLICIT)
    asking.allow(["email"], [])
    change_scope("email", policy=ScopePolicy.OPTIONAL)

    assert states(asking.questions("openid", "email")) == {"email": (ScopeState.NEW, True)}


def test_scope_taken_back_is_not_asked_again(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    grant_services.revoke_scope(grant, "email", context=DecisionContext())

    questions = asking.questions("openid", "email")

    assert not questions.must_ask
    assert questions.granted == {"openid"}


def test_forgotten_denial_is_asked_again(asking: Asking) -> None:
    grant = asking.allow(["email"], [])
    grant_services.forget_denial(grant, "email")

    assert states(asking.questions("openid", "email")) == {"email": (ScopeState.NEW, True)}


def test_unknown_and_inactive_scopes_are_neither_asked_nor_granted(asking: Asking) -> None:
    asking.allow(["email"], ["email"])
    change_scope("email", is_active=False)

    questions = asking.questions("openid", "email", "root")

    assert questions.items == ()
    assert questions.granted == {"openid"}


def test_another_person_s_grant_says_nothing(asking: Asking, linus: object) -> None:
    asking.allow(["email"], ["email"])

    questions = Asking(linus, asking.client).questions("openid", "email")  # type: ignore[arg-type]

    assert questions.must_ask
    assert questions.granted == frozenset()


def test_scope_that_is_not_ticked_at_first_starts_unticked(asking: Asking) -> None:
    change_scope("email", ticked=False)

    assert [item.ticked for item in asking.questions("email", "phone").items] == [False, True]


def test_fingerprint_changes_with_what_is_asked(asking: Asking) -> None:
    before = asking.questions("email").fingerprint
    change_scope("email", text_version=2)

    assert asking.questions("email").fingerprint != before
    assert asking.questions("phone").fingerprint != before


def test_questions_take_two_statements(asking: Asking, django_assert_num_queries: object) -> None:
    scopes = ("openid", "profile", "email", "phone", "address", "roles", "clearance")
    asking.questions(*scopes)

    with django_assert_num_queries(2):  # type: ignore[operator]
        asking.questions(*scopes)
