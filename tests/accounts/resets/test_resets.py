"""A reset of how somebody signs in: told at once, slow, stopped by the person, done once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from foundation.base import conf
from foundation.directory.factors import recovery
from foundation.directory.models import Invitation, User
from foundation.journal.models import Act, Kind
from idp.accounts.resets.services import clear_expired, do, do_due
from idp.accounts.services import create_person
from idp.models import MetRule, SignInReset
from tests.accounts.factors.holding import (
    code_of,
    has_app,
    has_passkey,
    is_signed_in,
    with_password,
)
from tests.people import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
SECURITY, STOP_MINE = "/accounts/security/", "/accounts/security/reset/stop/"
WHY = "She lost her phone and called from her desk."


@pytest.fixture
def helper(db: None) -> User:
    """Somebody of the helpdesk."""
    helper = create_person("helper", "helper@example.com", PASSWORD)
    helper.is_staff = True
    helper.save()
    may = ["view_user", "add_signinreset", "view_signinreset"]
    helper.user_permissions.set(Permission.objects.filter(codename__in=may))
    return helper


@pytest.fixture
def desk(helper: User) -> Browser:
    """The helpdesk's browser."""
    browser = Browser()
    browser.force_login(helper)
    return browser


def ask(desk: Browser, person: User, reason: str = WHY) -> Any:
    return desk.post(f"/admin/directory/user/{person.pk}/reset/", {"reason": reason})


def asked(desk: Browser, person: User) -> SignInReset:
    ask(desk, person)
    return SignInReset.objects.get(person=person)


def link(body: str) -> str:
    found = re.search(r"https?://[^/]+(/accounts/reset/\S+)", body)
    assert found, body
    return found[1]


def over() -> Any:
    return timezone.now() + timedelta(seconds=conf.current().reset_delay + 1)


# --- asking ---------------------------------------------------------------------------------------


def test_reset_is_an_act_with_its_reason_and_changes_nothing_yet(
    desk: Browser, helper: User, ada: User
) -> None:
    has_app(ada)

    reset = asked(desk, ada)

    assert do_due(timezone.now()) == 0
    assert Authenticator.objects.exists()
    assert reset.takes_effect_at - reset.asked_at == timedelta(hours=24)
    act = Act.objects.select_related("personal").get(kind=Kind.RESET_ASKED)
    assert (act.actor, act.personal.person_id, act.personal.actor_id, act.personal.reason) == (
        "administrator",
        ada.pk,
        str(helper.pk),
        WHY,
    )


def test_person_is_told_at_once_by_mail_and_when_they_sign_in(
    desk: Browser, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask(desk, ada)

    assert [letter.to for letter in mail.outbox] == [["ada@example.com"]]
    assert WHY in mail.outbox[0].body
    assert "/accounts/reset/" in mail.outbox[0].body
    browser = Browser()
    with_password(browser)
    assert "Somebody asked to reset how you sign in" in browser.get("/accounts/").content.decode()
    assert WHY in browser.get(SECURITY).content.decode()


@pytest.mark.parametrize("reason", ["", "   "])
def test_reset_without_a_reason_is_refused(desk: Browser, ada: User, reason: str) -> None:
    ask(desk, ada, reason)

    assert not SignInReset.objects.exists()


def test_second_reset_of_the_same_person_is_refused(desk: Browser, ada: User) -> None:
    asked(desk, ada)

    ask(desk, ada, "again")

    assert SignInReset.objects.get().reason == WHY


@pytest.mark.parametrize(
    "person",
    [
        {"is_staff": True},
        {"is_superuser": True},
        {"is_active": False},
        {"email": ""},
        {"sign_in_set_by_others_at": timezone.now()},
    ],
    ids=["staff", "superuser", "not active", "no address", "another address lately"],
)
def test_helpdesk_resets_nobody_who_is_above_them_or_cannot_be_told(
    desk: Browser, ada: User, person: dict[str, Any]
) -> None:
    User.objects.filter(pk=ada.pk).update(**person)

    ask(desk, ada)

    assert not SignInReset.objects.exists()


def test_nobody_with_more_rights_is_reset(desk: Browser, ada: User) -> None:
    ada.user_permissions.add(Permission.objects.get(codename="change_client"))

    ask(desk, ada)

    assert not SignInReset.objects.exists()


def test_nobody_resets_themselves(desk: Browser, helper: User) -> None:
    root = User.objects.create_superuser("root", "root@example.org")
    (of_root := Browser()).force_login(root)

    ask(desk, helper)
    ask(of_root, root)

    assert not SignInReset.objects.exists()


def test_superuser_resets_administrators(helper: User) -> None:
    root = User.objects.create_superuser("root", "root@example.org")
    (of_root := Browser()).force_login(root)

    assert asked(of_root, helper).asked_by == root


@pytest.mark.parametrize("missing", ["add_signinreset", "view_user"])
def test_reset_needs_its_permission(desk: Browser, helper: User, ada: User, missing: str) -> None:
    helper.user_permissions.remove(Permission.objects.get(codename=missing))

    ask(desk, ada)

    assert not SignInReset.objects.exists()


# --- stopping -------------------------------------------------------------------------------------


def test_looking_at_the_link_stops_nothing_and_using_it_does(
    desk: Browser, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask(desk, ada)
    path = link(mail.outbox[0].body)

    seen = Browser().get(path)
    before = SignInReset.objects.get().stopped_at
    with django_capture_on_commit_callbacks(execute=True):
        used = Browser().post(path)
    again = Browser().post(path)

    assert (seen.status_code, before, used.status_code, again.status_code) == (200, None, 200, 410)
    assert do_due(over()) == 0
    assert ada.has_usable_password()
    assert Act.objects.get(kind=Kind.RESET_STOPPED).actor == "person"
    assert "stays as it is" in mail.outbox[-1].body


@pytest.mark.parametrize("secret", ["x", "A" * 43])
def test_link_that_was_made_up_stops_nothing(desk: Browser, ada: User, secret: str) -> None:
    asked(desk, ada)

    assert Browser().post(f"/accounts/reset/{secret}/").status_code == 410
    assert SignInReset.objects.get().stopped_at is None


def test_person_stops_it_on_security(desk: Browser, signed_in: Browser, ada: User) -> None:
    asked(desk, ada)

    signed_in.post(STOP_MINE)

    assert SignInReset.objects.get().stopped_at is not None
    assert "Stop it" not in signed_in.get(SECURITY).content.decode()


def test_nobody_stops_the_reset_of_another(desk: Browser, ada: User, grace: User) -> None:
    asked(desk, ada)
    hers = sign_in(Browser(), "grace")

    hers.post(STOP_MINE)

    assert SignInReset.objects.get().stopped_at is None


def test_stopping_is_no_link(desk: Browser, signed_in: Browser, ada: User) -> None:
    asked(desk, ada)

    assert signed_in.get(STOP_MINE).status_code == 405
    assert Browser().post(STOP_MINE)["Location"].startswith("/accounts/login/")


def test_helpdesk_stops_what_it_asked_for(desk: Browser, ada: User) -> None:
    reset = asked(desk, ada)
    chosen = {"action": "stop_chosen", "_selected_action": reset.pk}

    desk.post("/admin/idp/signinreset/", chosen)

    assert SignInReset.objects.get().stopped_at is not None
    assert Act.objects.get(kind=Kind.RESET_STOPPED).actor == "administrator"


def test_after_stopping_it_can_be_asked_for_again(desk: Browser, ada: User) -> None:
    first = asked(desk, ada)
    SignInReset.objects.update(stopped_at=timezone.now())

    ask(desk, ada, "again")

    assert SignInReset.objects.exclude(pk=first.pk).get().reason == "again"


# --- at effect ------------------------------------------------------------------------------------


def test_reset_ends_all_and_a_link_lets_the_person_choose_anew(
    desk: Browser, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    secret = has_app(ada)
    has_passkey(ada)
    recovery.make(ada, timezone.now())
    here = Browser()
    with_password(here)
    here.post("/accounts/login/second/", {"code": code_of(secret)})
    asked(desk, ada)

    with django_capture_on_commit_callbacks(execute=True):
        assert do_due(over()) == 1

    ada.refresh_from_db()
    assert not ada.has_usable_password()
    assert not Authenticator.objects.filter(user=ada).exists()
    assert (recovery.left(ada), is_signed_in(here)) == (0, False)
    assert not is_signed_in(sign_in(Browser(), "ada"))
    assert Invitation.objects.get(person=ada).email == "ada@example.com"
    assert {"/accounts/invitation/" in letter.body for letter in mail.outbox} == {True, False}
    assert Act.objects.filter(kind=Kind.FACTOR_REMOVED, actor="system").count() == 2
    assert Act.objects.get(kind=Kind.RESET_DONE).actor == "system"
    assert ada.sign_in_set_by_others_at is not None, "their yes waits"
    assert not MetRule.objects.filter(person=ada).exists(), "time to set it up begins anew"


def test_reset_is_done_once(desk: Browser, ada: User) -> None:
    reset = asked(desk, ada)
    now = over()

    assert [do(reset.pk, now), do(reset.pk, now), do_due(now)] == [True, False, 0]
    assert Act.objects.filter(kind=Kind.RESET_DONE).count() == 1


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("ada", {"email": "other@example.com"}),
        ("ada", {"is_active": False}),
        ("ada", {"is_staff": True}),
        ("ada", {"is_superuser": True}),
        ("helper", {"is_active": False}),
        ("helper", {"is_staff": False, "username": "gone"}),
    ],
    ids=["another address", "left", "staff", "superuser", "asker left", "asker lost the right"],
)
def test_reset_that_could_not_be_asked_for_any_more_is_not_done(
    desk: Browser, helper: User, ada: User, who: str, change: dict[str, Any]
) -> None:
    asked(desk, ada)
    User.objects.filter(username=who).update(**change)
    if "username" in change:
        helper.user_permissions.clear()

    assert do_due(over()) == 0
    assert SignInReset.objects.get().stopped_at is not None
    ada.refresh_from_db()
    assert ada.has_usable_password()


def test_reset_of_long_ago_is_forgotten_and_one_that_stands_is_not(
    desk: Browser, ada: User, grace: User
) -> None:
    done = asked(desk, ada)
    do(done.pk, over())
    asked(desk, grace)

    clear_expired(over() + timedelta(days=91))

    assert SignInReset.objects.get().person == grace
