"""Every act leaves exactly one row, and says who, what, how and from where."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from consent.errors import AlreadyDecidedError, QuestionsChangedError
from consent.grants import services as grant_services
from consent.grants.expiry import record_expired
from consent.models import Grant, ScopeDecision
from foundation.directory.models import User
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Actor, Kind
from tests.consent.asking import Asking, change_scope

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def provider(provider: None) -> None:
    """Signing keys and an epoch of one's own."""


def kinds() -> Counter[str]:
    return Counter(Act.objects.values_list("kind", flat=True))


def added(before: Counter[str]) -> dict[str, int]:
    return dict(kinds() - before)


def newest(kind: Kind) -> Act:
    return Act.objects.select_related("personal").filter(kind=kind).latest("at")


def test_opening_a_request_is_one_act(asking: Asking) -> None:
    request = asking.open("openid", "email")

    act = Act.objects.get()
    assert (act.kind, act.actor, act.scope) == ("asked", "client", "openid email")
    assert act.detail == {"request": str(request.pk), "reopened": False}
    assert (act.personal.person_id, act.client_id) == (asking.user.pk, asking.client.pk)


def test_opening_for_a_foreign_address_is_none(asking: Asking) -> None:
    with pytest.raises(ValueError, match="return_to"):
        asking.open("openid", return_to="https://evil.example/")

    assert not Act.objects.exists()


def test_each_rendering_of_the_screen_is_one_act(browser: Browser, asking: Asking) -> None:
    path = asking.open("openid", "email").get_absolute_url()
    before = kinds()

    browser.get(path, HTTP_USER_AGENT="A browser", REMOTE_ADDR="192.0.2.7")
    assert added(before) == {"shown": 1}
    browser.post(path, {"decision": "perhaps"})
    assert added(before) == {"shown": 2}


def test_asking_for_the_headers_shows_nothing(browser: Browser, asking: Asking) -> None:
    path = asking.open("openid", "email").get_absolute_url()
    before = kinds()

    browser.head(path)

    assert added(before) == {}


def test_what_was_shown_is_known_by_its_digest(browser: Browser, asking: Asking) -> None:
    path = asking.open("openid", "email").get_absolute_url()
    browser.get(path, HTTP_USER_AGENT="A browser", REMOTE_ADDR="192.0.2.7")
    first = newest(Kind.SHOWN)
    browser.get(path)
    same = newest(Kind.SHOWN)
    browser.get(path, HTTP_ACCEPT_LANGUAGE="de")
    german = newest(Kind.SHOWN)
    User.objects.filter(pk=asking.user.pk).update(email="other@example.com")
    browser.get(path)
    other_value = newest(Kind.SHOWN)

    digests = [act.personal.shown for act in (first, same, german, other_value)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    assert (first.locale, german.locale, first.scope) == ("en", "de", "email")
    assert first.detail["texts"] == [["openid", 1], ["email", 1]]
    assert (first.personal.address, first.personal.user_agent) == ("192.0.2.7", "A browser")


def test_an_answer_is_one_act_for_each_scope(asking: Asking) -> None:
    request = asking.open("openid", "email", "phone")
    before = kinds()

    grant = asking.answer(request, "email", lifetime=3600)

    assert grant is not None
    assert added(before) == {"granted": 2, "denied": 1}
    act = Act.objects.select_related("personal").get(kind="granted", scope="email")
    assert (act.grant_id, act.actor, act.locale, act.text_version) == (grant.pk, "person", "en", 1)
    assert act.detail == {
        "until": grant.scopes["email"],
        "title": "E-mail address",
        "sentence": "See your e-mail address.",
    }
    assert act.personal.address == "192.0.2.7"
    implicit = Act.objects.get(scope="openid", kind="granted")
    assert implicit.detail["implicit"] is True


def test_an_answer_that_is_not_taken_is_no_act(asking: Asking) -> None:
    request = asking.open("openid", "email")
    asking.answer(request, "email")
    before = kinds()

    with pytest.raises(AlreadyDecidedError):
        asking.answer(request, "email", shown="x")
    late = asking.open("openid", "phone")
    with pytest.raises(QuestionsChangedError):
        asking.answer(late, "phone", shown="something else")

    assert added(before) == {"asked": 1}


def test_a_whole_no_is_one_act_for_each_scope(asking: Asking) -> None:
    request = asking.open("openid", "email", "phone")
    before = kinds()

    asking.deny(request)

    assert added(before) == {"denied": 2}


def test_a_no_to_everything_held_revokes_the_grant_too(asking: Asking) -> None:
    asking.allow(["email"], ["email"])
    request = asking.open("openid", "email", reopened=True)
    before = kinds()

    asking.deny(request)

    assert added(before) == {"denied": 1, "revoked": 1}


def test_the_words_are_those_of_the_moment(asking: Asking) -> None:
    asking.allow(["email"], ["email"])
    change_scope("email", sentence="Something else.", text_version=2)

    act = Act.objects.get(kind="granted", scope="email")
    assert (act.detail["sentence"], act.text_version) == ("See your e-mail address.", 1)


def test_taking_one_scope_back_is_one_act(asking: Asking) -> None:
    grant = asking.allow(["email", "phone"], ["email", "phone"])
    before = kinds()

    grant_services.revoke_scope(grant, "email", context=DecisionContext(reason="Not needed"))
    grant_services.revoke_scope(grant, "email", context=DecisionContext())

    assert added(before) == {"revoked": 1}
    assert (newest(Kind.REVOKED).scope, newest(Kind.REVOKED).personal.reason) == (
        "email",
        "Not needed",
    )


def test_leaving_is_one_act_however_often_it_is_tried(browser: Browser, asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    before = kinds()

    browser.post(f"/account/access/{grant.pk}/leave/", HTTP_USER_AGENT="A browser")
    grant_services.revoke_grant(grant)

    assert added(before) == {"revoked": 1}
    act = newest(Kind.REVOKED)
    assert (act.scope, act.actor) == ("email openid", "person")
    assert act.personal.user_agent == "A browser"


def test_letting_it_ask_again_is_one_act(browser: Browser, asking: Asking) -> None:
    grant = asking.allow(["email", "phone"], ["email"])
    before = kinds()

    for _ in range(2):
        browser.post(f"/account/access/{grant.pk}/ask-again/", {"scope": "phone"})

    assert added(before) == {"reopened": 1}


def test_what_an_administrator_revokes_names_the_administrator(asking: Asking, linus: User) -> None:
    grant = asking.allow(["email"], ["email"])
    linus.is_staff = True
    linus.save()
    linus.user_permissions.set(
        Permission.objects.filter(codename__in=["view_grant", "change_grant"])
    )
    browser = Browser()
    browser.force_login(linus)

    browser.post(
        reverse("admin:consent_grant_changelist"),
        {
            "action": "revoke",
            "_selected_action": [str(grant.pk)],
            "confirmed": "1",
            "reason": "Reported by the person",
        },
    )

    act = newest(Kind.REVOKED)
    assert (act.actor, act.personal.actor_id) == ("administrator", str(linus.pk))
    assert act.personal.person_id == asking.user.pk


def test_what_the_sign_in_brings_along_is_one_act(asking: Asking) -> None:
    change_scope("phone", policy="implicit")
    asking.allow(["email"], ["email"])
    before = kinds()

    for _ in range(2):
        grant_services.ensure_grant(
            user=asking.user, client=asking.client, scopes=["openid", "email", "phone"]
        )

    assert added(before) == {"granted": 1}
    assert (newest(Kind.GRANTED).scope, newest(Kind.GRANTED).actor) == ("phone", "system")


# --- the end of a granted time -----------------------------------------------------------------


def in_two_hours() -> Any:
    return time_machine.travel(timezone.now() + timedelta(hours=2))


def test_the_end_of_a_granted_time_is_one_act(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"], lifetime=3600)
    assert record_expired() == 0

    with in_two_hours():
        assert record_expired() == 1
        assert record_expired() == 0

    act = Act.objects.select_related("personal").get(kind="expired")
    assert (act.scope, act.actor, act.grant_id) == ("email", Actor.SYSTEM, grant.pk)
    assert act.at == ScopeDecision.objects.get(scope="email").expires_at


def test_two_tasks_that_see_the_same_end_record_it_once(asking: Asking) -> None:
    asking.allow(["email"], ["email"], lifetime=3600)
    with in_two_hours():
        record_expired()
        ScopeDecision.objects.update(expiry_recorded_at=None)  # as the other task had read it
        record_expired()

    assert kinds()["expired"] == 1


def test_what_was_taken_back_before_does_not_expire(asking: Asking) -> None:
    grant_services.revoke_grant(asking.allow(["email"], ["email"], lifetime=3600))

    with in_two_hours():
        record_expired()
        assert record_expired() == 0

    assert kinds()["expired"] == 0


def test_granting_again_after_the_end_leaves_the_end_and_the_grant(asking: Asking) -> None:
    asking.allow(["email"], ["email"], lifetime=3600)
    with in_two_hours():
        request = asking.open("openid", "email")
        before = kinds()
        asking.answer(request, "email", lifetime=3600)
        assert added(before) == {"expired": 1, "granted": 1}
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        record_expired()

    assert kinds()["expired"] == 2


def test_the_grant_s_history_outlives_the_people_and_the_client(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    before = kinds()
    Grant.objects.filter(pk=grant.pk).delete()
    asking.client.delete()
    User.objects.get(pk=asking.user.pk).delete()

    assert kinds() == before
    assert [act.client for act in Act.objects.select_related("client")] == [None] * len(
        Act.objects.all()
    )
