"""Sessions end: unused, after so long in all, and everywhere at once."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from foundation.base import conf
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from idp.accounts.browser_sessions.lifetimes import BEGAN, SEEN, STEPS
from tests.people import PASSWORD, sign_in

HOME = "/accounts/"
SESSIONS = "/accounts/sessions/"
MINUTE = 60


def age(browser: Browser, **seconds: int) -> None:
    """Let a session have begun, or been seen, so long ago."""
    session = browser.session
    for name, ago in seconds.items():
        session[{"began": BEGAN, "seen": SEEN}[name]] -= ago
    session.save()


def is_here(browser: Browser) -> bool:
    return browser.get(HOME).status_code == 200


@pytest.mark.spec("NIST SP 800-63B-4", "5.2")
@pytest.mark.parametrize("is_staff", [False, True])
@pytest.mark.parametrize(
    ("what", "limit"), [("seen", "session_idle"), ("began", "session_longest")]
)
def test_session_ends_at_its_time_and_not_before(
    signed_in: Browser, is_staff: bool, what: str, limit: str
) -> None:
    User.objects.update(is_staff=is_staff)
    lasts = getattr(conf.current(), f"staff_{limit}" if is_staff else limit)

    age(signed_in, **{what: lasts - MINUTE})
    before = is_here(signed_in)
    age(signed_in, **{what: lasts if what == "seen" else MINUTE})
    answer = signed_in.get(SESSIONS)

    assert before
    assert answer["Location"] == f"/accounts/login/?next={SESSIONS}"
    assert "_auth_user_id" not in signed_in.session
    assert "had lasted long enough" in signed_in.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("path", [HOME, "/admin/", "/accounts/security/", "/authorize/"])
def test_nothing_is_posted_with_a_session_that_is_over(
    signed_in: Browser, ada: User, path: str
) -> None:
    age(signed_in, seen=conf.current().session_idle)

    signed_in.post(path)

    assert "_auth_user_id" not in signed_in.session


def test_whoever_becomes_an_administrator_has_their_session_cut(signed_in: Browser) -> None:
    age(signed_in, began=conf.current().staff_session_longest)
    before = is_here(signed_in)

    User.objects.update(is_staff=True)

    assert (before, is_here(signed_in)) == (True, False)


def test_use_prolongs_but_what_a_page_asks_for_by_itself_does_not(signed_in: Browser) -> None:
    aged = conf.current().session_idle // STEPS
    age(signed_in, seen=aged, began=aged)
    long_ago = signed_in.session[SEEN]

    signed_in.get(HOME, headers={"sec-fetch-dest": "empty"})
    asked_by_script = signed_in.session[SEEN]
    signed_in.get(HOME)

    assert asked_by_script == long_ago
    assert signed_in.session[SEEN] > long_ago
    assert signed_in.session[BEGAN] == long_ago, "use does not start the session anew"


def test_confirming_does_not_start_the_session_anew(signed_in: Browser) -> None:
    age(signed_in, began=MINUTE)
    began = signed_in.session[BEGAN]

    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert signed_in.session[BEGAN] == began


def test_signing_out_everywhere_ends_this_session_too(signed_in: Browser, ada: User) -> None:
    other = sign_in(Browser(), "ada")

    answer = signed_in.post(SESSIONS, {"everywhere": "yes"})

    assert answer["Location"] == "/accounts/login/"
    assert not is_here(signed_in)
    assert not is_here(other)
    act = Act.objects.get(kind=Kind.SESSION_ENDED)
    assert (act.actor, act.detail, act.personal.person_id) == (
        "person",
        {"everywhere": True},
        ada.pk,
    )
    assert not mail.outbox, "who does it knows"


def test_signing_out_everywhere_leaves_others_alone(signed_in: Browser, grace: User) -> None:
    hers = sign_in(Browser(), "grace")

    signed_in.post(SESSIONS, {"everywhere": "yes"})

    assert is_here(hers)


@pytest.fixture
def helper(grace: User) -> Browser:
    """Grace, who is an administrator."""
    User.objects.filter(pk=grace.pk).update(is_staff=True, is_superuser=True)
    return sign_in(Browser(), "grace")


def test_administrator_signs_somebody_out_after_being_asked(
    signed_in: Browser, ada: User, helper: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    page = reverse("admin:directory_user_sign_out", args=[ada.pk])
    asked = helper.get(page)
    still = is_here(signed_in)

    with django_capture_on_commit_callbacks(execute=True):
        helper.post(page)

    assert "Sign this person out everywhere?" in asked.content.decode()
    assert (still, is_here(signed_in), is_here(helper)) == (True, False, True)
    assert Act.objects.get(kind=Kind.SESSION_ENDED).actor == "administrator"
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["ada@example.com"], "You were signed out everywhere")
    ]


@pytest.mark.parametrize("power", [{}, {"is_staff": True}])
def test_nobody_else_signs_people_out(
    signed_in: Browser, grace: User, power: dict[str, bool]
) -> None:
    hers = sign_in(Browser(), "grace")
    User.objects.filter(username="ada").update(**power)

    signed_in.post(reverse("admin:directory_user_sign_out", args=[grace.pk]))

    assert is_here(hers)
    assert not Act.objects.filter(kind=Kind.SESSION_ENDED).exists()
