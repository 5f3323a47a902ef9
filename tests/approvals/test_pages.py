"""The pages: whom they let in, what they show, what they take."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as WHOSE,
    AUTHENTICATION_METHODS_SESSION_KEY as METHODS,
)
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from claims.catalogue.models import SensitivityLabel
from consent.approvals.card.contents import shown_digest
from consent.approvals.models import Approval, ApprovalState, Approvers, Delegation, Vote
from foundation.directory.models import Client, User
from foundation.journal.models import Act, Actor, Kind
from tests.approvals.asking import WAREHOUSE, Asking, make_rule, make_someone, say, state_of
from tests.html_forms import form_with

A_DAY = timedelta(days=1)


def signed_in(user: User) -> Browser:
    """A browser in which somebody has just signed in with a password."""
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session[WHOSE], session[METHODS] = str(user.pk), [{"method": "password", "at": time.time()}]
    session.save()
    return browser


@pytest.fixture
def ada() -> User:
    return make_someone("ada", name="Ada Lovelace")


@pytest.fixture
def grace() -> User:
    return make_someone("grace", name="Grace Hopper")


@pytest.fixture
def adas(ada: User) -> Browser:
    return signed_in(ada)


@pytest.fixture
def graces(grace: User) -> Browser:
    return signed_in(grace)


@pytest.fixture
def by_grace(asking: Asking, grace: User) -> Approval:
    """What Ada asks and Grace has to approve."""
    make_rule(Approvers.PEOPLE, people=[grace], title="Grace decides")
    return asking.lodge()


def at(approval: Approval, page: str = "") -> str:
    return f"/approvals/{approval.pk}/{page}"


def shown_at(browser: Browser, path: str) -> str:
    return shown_in(browser.get(path))


def shown_in(page: Any) -> str:
    # Not out of the context: parts that are drawn for the first time in a process have one, too.
    return form_with(page.content.decode(), "shown").data["shown"][0]


def answer(browser: Browser, approval: Approval, outcome: str = "approve", **more: str) -> object:
    said = {"outcome": outcome, "shown": shown_at(browser, at(approval)), **more}
    return browser.post(at(approval), said)


def test_an_approver_sees_everything_and_approves(graces: Browser, by_grace: Approval) -> None:
    SensitivityLabel.objects.create(
        resource_server=WAREHOUSE, pattern="hr.*", level="secret", label="Salary"
    )
    page = graces.get(at(by_grace))
    text = page.content.decode()

    for said in ("Ada Lovelace", "Query Desk", by_grace.binding_code, "192.0.2.7", "Yearly review",
                 "hr.employees", "Highly sensitive: Salary", ":id", "query_hash"):  # fmt: skip
        assert said in text
    answer(graces, by_grace, note="Seen")
    assert state_of(by_grace) == ApprovalState.APPROVED
    assert Vote.objects.get().note == "Seen"
    viewed = Act.objects.filter(kind=Kind.QUERY_VIEWED).first()
    assert viewed is not None
    assert viewed.actor == Actor.APPROVER


def test_an_approver_denies(graces: Browser, by_grace: Approval) -> None:
    answer(graces, by_grace, "deny", note="No ticket")

    by_grace.refresh_from_db()
    assert (by_grace.state, by_grace.reason) == (ApprovalState.DENIED, "No ticket")


@pytest.mark.parametrize("page", ["", "waiting/"])
def test_whom_it_does_not_concern_finds_nothing(page: str, by_grace: Approval) -> None:
    stranger = signed_in(make_someone("linus", is_superuser=True, is_staff=True))

    assert stranger.get(at(by_grace, page)).status_code == 404
    assert stranger.post(at(by_grace), {"outcome": "approve"}).status_code == 404
    for action in ("withdraw/", "go-ahead/"):
        assert stranger.post(at(by_grace, action)).status_code == 404
    assert state_of(by_grace) == ApprovalState.PENDING


@pytest.mark.parametrize("action", ["withdraw/", "go-ahead/"])
def test_an_approver_does_not_act_for_who_asked(
    graces: Browser, by_grace: Approval, action: str
) -> None:
    assert graces.post(at(by_grace, action)).status_code == 404
    assert graces.get(at(by_grace, "waiting/")).status_code == 404


def test_who_asked_cannot_answer(adas: Browser, by_grace: Approval) -> None:
    page = adas.get(at(by_grace))

    assert b"Approve once" not in page.content
    adas.post(at(by_grace), {"outcome": "approve", "shown": shown_digest(by_grace, "en")})
    assert state_of(by_grace) == ApprovalState.PENDING


@pytest.mark.parametrize("path", ["/approvals/", "/approvals/delegations/"])
def test_nobody_signed_in_signs_in_first(path: str) -> None:
    answer = Browser().get(path)

    assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)


@pytest.mark.spec("RFC 9470", "4")
def test_a_stale_sign_in_leads_to_signing_in_and_back(graces: Browser, by_grace: Approval) -> None:
    shown = shown_at(graces, at(by_grace))
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        page = graces.get(at(by_grace))
        sent = graces.post(at(by_grace), {"outcome": "approve", "shown": shown})

    assert b"Approve once" not in page.content
    assert b"Confirm that it is you" in page.content
    assert sent["Location"].startswith(
        f"/accounts/reauthenticate/?next=%2Fapprovals%2F{by_grace.pk}%2F&since="
    )
    assert state_of(by_grace) == ApprovalState.PENDING


@pytest.mark.spec("RFC 9470", "4")
@pytest.mark.parametrize(
    ("level", "sentence"),
    [
        ("urn:scopeward:acr:2", b"This needs a second factor beside the password."),
        ("urn:scopeward:acr:3", b"This needs a passkey that asks for your PIN, finger or face."),
        ("urn:example:unheard-of", b"No sign-in here is strong enough for this."),
    ],
)
def test_too_weak_sign_in_is_told_what_it_takes_and_led_to_it(
    graces: Browser, by_grace: Approval, level: str, sentence: bytes
) -> None:
    Approval.objects.filter(pk=by_grace.pk).update(terms={**by_grace.terms, "minimum_acr": level})
    page = graces.get(at(by_grace))
    shown = shown_digest(Approval.objects.get(pk=by_grace.pk), "en")

    sent = graces.post(at(by_grace), {"outcome": "approve", "shown": shown})

    assert sentence in page.content
    assert b"Approve once" not in page.content
    assert f"&level={level.replace(':', '%3A')}" in sent["Location"]
    assert state_of(by_grace) == ApprovalState.PENDING


def test_what_changed_since_is_shown_again(graces: Browser, by_grace: Approval) -> None:
    shown = shown_at(graces, at(by_grace))
    SensitivityLabel.objects.create(resource_server=WAREHOUSE, pattern="hr.*", level="secret")

    again = graces.post(at(by_grace), {"outcome": "approve", "shown": shown, "note": "Fine"})

    assert again.status_code == 409
    assert b"Please look again" in again.content
    assert b"Fine" in again.content
    assert state_of(by_grace) == ApprovalState.PENDING


@pytest.mark.parametrize("said", [{}, {"outcome": "maybe"}, {"outcome": "approve"}])
def test_half_an_answer_decides_nothing(
    graces: Browser, by_grace: Approval, said: dict[str, str]
) -> None:
    assert graces.post(at(by_grace), said).status_code in {400, 409}
    assert state_of(by_grace) == ApprovalState.PENDING


def test_markup_and_hidden_characters_in_a_request_are_text(
    asking: Asking, graces: Browser, grace: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    evil = "<script>alert(1)</script>"
    approval = asking.lodge(
        statement=f"SELECT '{evil}' \u202e-- safe", purpose=evil, parameters={evil: evil}
    )

    text = graces.get(at(approval)).content.decode()

    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "U+202E" in text


def test_who_asked_sees_who_is_awaited_and_withdraws(adas: Browser, by_grace: Approval) -> None:
    text = adas.get(at(by_grace, "waiting/")).content.decode()

    assert "Grace Hopper" in text
    assert by_grace.binding_code in text
    assert "<noscript>" in text
    adas.post(at(by_grace, "withdraw/"))
    assert state_of(by_grace) == ApprovalState.CANCELLED
    assert "<noscript>" not in adas.get(at(by_grace, "waiting/")).content.decode()


def test_once_decided_who_asked_goes_on(adas: Browser, by_grace: Approval, grace: User) -> None:
    Approval.objects.update(return_to="/authorize/resume/1/")
    assert adas.get(at(by_grace, "waiting/")).status_code == 200

    say(by_grace, grace)

    assert adas.get(at(by_grace, "waiting/"))["Location"] == "/authorize/resume/1/"


def test_who_has_to_approve_alone_is_led_to_the_screen(adas: Browser, asking: Asking) -> None:
    approval = asking.lodge()

    assert adas.get(at(approval, "waiting/"))["Location"] == at(approval)
    answer(adas, approval)
    assert state_of(approval) == ApprovalState.APPROVED


def test_going_ahead_alone_takes_a_reason(client: Client, grace: User) -> None:
    make_rule(Approvers.PEOPLE, people=[grace], break_glass_role="on-call")
    otto = make_someone("otto", "on-call")
    browser, approval = signed_in(otto), Asking(client, otto).lodge()
    page = at(approval, "waiting/")
    shown = shown_at(browser, page)

    assert b"go ahead alone" in browser.get(page).content
    why = {"shown": shown, "justification": "short"}
    assert browser.post(at(approval, "go-ahead/"), why).status_code == 400
    assert state_of(approval) == ApprovalState.PENDING
    why["justification"] = "Payroll runs in an hour, nobody answers."
    browser.post(at(approval, "go-ahead/"), why)
    approval.refresh_from_db()
    assert (approval.state, approval.is_break_glass) == (ApprovalState.APPROVED, True)
    assert b"Emergency access" in browser.get(page).content


# --- the inbox ----------------------------------------------------------------------------------


def test_each_heap_has_what_belongs_there(
    adas: Browser, graces: Browser, by_grace: Approval, asking: Asking
) -> None:
    assert by_grace.binding_code in graces.get("/approvals/").content.decode()
    assert by_grace.binding_code not in adas.get("/approvals/").content.decode()
    assert by_grace.binding_code in adas.get("/approvals/?heap=mine").content.decode()
    answer(graces, by_grace)
    assert by_grace.binding_code not in graces.get("/approvals/").content.decode()
    assert by_grace.binding_code in graces.get("/approvals/?heap=decided").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("application=desk", True),
        ("application=other", False),
        ("person=lovelace", True),
        ("person=nobody", False),
        ("state=pending", True),
        ("state=denied", False),
        ("state=nonsense", True),
        ("heap=nonsense", True),
        ("page=99", True),
        ("page=x", True),
    ],
)
def test_the_inbox_is_narrowed(
    graces: Browser, by_grace: Approval, query: str, found: bool
) -> None:
    page = graces.get(f"/approvals/?{query}")

    assert page.status_code == 200
    assert (by_grace.binding_code in page.content.decode()) is found


def test_the_inbox_agrees_with_the_screen_about_who_stands_in(
    client: Client, graces: Browser, grace: User
) -> None:
    boss = make_someone("boss", "dpo")
    dora = make_someone("dora", "dpo")
    make_rule(Approvers.ROLE, role="dpo")
    now = timezone.now()
    for away in (boss, dora):
        Delegation.objects.create(
            from_person=away, to_person=grace, starts_at=now - A_DAY, ends_at=now + A_DAY
        )
    asked_by_boss = Asking(client, boss).lodge()
    asked_by_ada = Asking(client, make_someone("adele")).lodge()

    listed = graces.get("/approvals/").content.decode()

    assert asked_by_ada.binding_code in listed
    # Dora's capacity, not the one of the boss who asks, lets Grace vote here.
    assert asked_by_boss.binding_code in listed
    assert graces.get(at(asked_by_boss)).context["on_behalf_of"] == "Dora"
    Delegation.objects.filter(from_person=dora).delete()
    assert asked_by_boss.binding_code not in graces.get("/approvals/").content.decode()
    assert graces.get(at(asked_by_boss)).status_code == 404


def test_pages_take_few_statements_however_much_there_is(
    graces: Browser,
    adas: Browser,
    by_grace: Approval,
    asking: Asking,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    settings: Any,
) -> None:
    # What the session list of the account pages writes is not theirs.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "WatchedSessions" not in name]
    for _ in range(25):
        asking.lodge()
    for browser, path in (
        (graces, "/approvals/"),
        (adas, "/approvals/?heap=mine"),
        (graces, at(by_grace)),
        (adas, at(by_grace, "waiting/")),
    ):
        browser.get(path)
        with django_assert_max_num_queries(12):
            assert browser.get(path).status_code == 200


# --- standing in --------------------------------------------------------------------------------


def test_somebody_is_let_stand_in_and_not_any_more(adas: Browser, grace: User) -> None:
    today = timezone.localdate()
    adas.post(
        "/approvals/delegations/",
        {"person": "grace@example.com", "starts": today, "ends": today + A_DAY},
    )
    delegation = Delegation.objects.get()
    assert (delegation.to_person, delegation.ends_at > timezone.now()) == (grace, True)
    assert "Grace Hopper" in adas.get("/approvals/delegations/").content.decode()

    adas.post(f"/approvals/delegations/{delegation.pk}/end/")

    assert not Delegation.objects.filter(ends_at__gt=timezone.now()).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"person": "ada"},
        {"person": "nobody"},
        {"ends": "2001-01-01"},
        {"ends": "2999-01-01"},
        {"starts": "soon"},
        {"starts": ""},
    ],
)
def test_nonsense_lets_nobody_stand_in(adas: Browser, grace: User, change: dict[str, str]) -> None:
    today = str(timezone.localdate())
    said = {"person": "grace", "starts": today, "ends": today, **change}

    assert adas.post("/approvals/delegations/", said).status_code == 400
    assert not Delegation.objects.exists()


def test_nobody_ends_what_others_gave(adas: Browser, grace: User, ada: User) -> None:
    now = timezone.now()
    given = Delegation.objects.create(
        from_person=grace, to_person=ada, starts_at=now, ends_at=now + A_DAY
    )

    assert adas.post(f"/approvals/delegations/{given.pk}/end/").status_code == 404
    given.refresh_from_db()
    assert given.ends_at == now + A_DAY
