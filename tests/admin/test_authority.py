"""Staff act on people who may do no more than they; nobody gets at what another signs in by."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.forms import model_to_dict
from django.test import Client as Browser, RequestFactory
from django.urls import URLPattern, reverse

from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from idp.accounts.authority import may_act_on
from tests.admin.conftest import browser_of, staff
from tests.admin.forms import errors, submit

HELPDESK = (
    "directory.view_user",
    "directory.change_user",
    "directory.delete_user",
    "directory.add_user",
)
POLICY = "policy.activate_policyversion"
RESET = "auth_user_password_change"
REFUSED = {RESET, "directory_user_change", "directory_user_delete"}


def grant(person: User, permission: str, *, by_group: bool = False) -> User:
    label, codename = permission.split(".")
    found = Permission.objects.get(content_type__app_label=label, codename=codename)
    if by_group:
        group = Group.objects.create(name="policy")
        group.permissions.add(found)
        person.groups.add(group)
    else:
        person.user_permissions.add(found)
    return person


@pytest.fixture
def helpdesk() -> User:
    """Somebody with every right about people, and all others but one."""
    someone = staff(*HELPDESK)
    label, codename = POLICY.split(".")
    everything = Permission.objects.exclude(content_type__app_label=label, codename=codename)
    someone.user_permissions.set(everything)
    return someone


def person_pages() -> Iterator[str]:
    """Every page that is about one person, by the name of its address."""
    from django.contrib import admin

    page: Any = admin.site._registry[User]
    for pattern in page.get_urls():
        if isinstance(pattern, URLPattern) and pattern.pattern.converters and pattern.name:
            yield pattern.name


def all_that_is(person: User) -> dict[str, Any]:
    """Everything about a person that somebody could have changed."""
    person = User.objects.get(pk=person.pk)
    return {
        **model_to_dict(person),
        "password": person.password,
        "groups": sorted(person.groups.values_list("name", flat=True)),
        "rights": sorted(person.user_permissions.values_list("codename", flat=True)),
        "addresses": sorted(EmailAddress.objects.filter(user=person).values_list()),
    }


def test_the_walk_finds_the_pages_of_a_person() -> None:
    pages = set(person_pages())

    assert {
        "directory_user_change",
        "directory_user_delete",
        "directory_user_history",
        RESET,
    } <= pages


@pytest.mark.parametrize("by_group", [False, True])
@pytest.mark.parametrize("is_active", [True, False])
def test_staff_change_nothing_of_people_with_more_rights(
    helpdesk: User, other_person: User, by_group: bool, is_active: bool
) -> None:
    stronger = grant(other_person, POLICY, by_group=by_group)
    User.objects.filter(pk=stronger.pk).update(is_active=is_active)
    before, browser = all_that_is(stronger), browser_of(helpdesk)
    sent = {
        "username": "grabbed",
        "email": "mallory@example.org",
        "is_active": "" if is_active else "on",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "post": "yes",
    }

    for name in person_pages():
        answer = browser.post(reverse(f"admin:{name}", args=[stronger.pk]), sent)
        assert answer.status_code == 403 or name not in REFUSED, name
        assert all_that_is(stronger) == before, name
    assert not mail.outbox


def test_no_action_on_many_touches_people_with_more_rights(
    helpdesk: User, other_person: User, person: User
) -> None:
    stronger = grant(other_person, POLICY)
    before, browser = all_that_is(stronger), browser_of(helpdesk)
    request = RequestFactory().get("/")
    request.user = helpdesk
    from django.contrib import admin

    actions = admin.site._registry[User].get_actions(request)
    assert "delete_selected" in actions

    for action in actions:
        chosen = [str(stronger.pk), str(person.pk)]
        sent = {"action": action, "_selected_action": chosen, "post": "yes"}
        browser.post(reverse("admin:directory_user_changelist"), sent)
        assert all_that_is(stronger) == before, action


def test_staff_change_people_with_fewer_rights(helpdesk: User, other_person: User) -> None:
    weaker = grant(other_person, "directory.view_user")

    assert submit(browser_of(helpdesk), page_of(weaker), nickname="Gracie").status_code == 302

    weaker.refresh_from_db()
    assert weaker.nickname == "Gracie"


def test_rights_are_compared_and_not_counted(helpdesk: User, other_person: User) -> None:
    assert may_act_on(helpdesk, other_person)
    assert not may_act_on(other_person, helpdesk)
    assert not may_act_on(helpdesk, grant(User.objects.get(pk=other_person.pk), POLICY))


@pytest.mark.parametrize("page", ["change", "delete"])
def test_staff_leave_groups_with_more_rights_alone(helpdesk: User, page: str) -> None:
    group = Group.objects.create(name="policy makers")
    label, codename = POLICY.split(".")
    group.permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    address = reverse(f"admin:auth_group_{page}", args=[group.pk])

    answer = browser_of(helpdesk).post(address, {"name": "renamed", "post": "yes"})

    assert answer.status_code == 403
    assert Group.objects.filter(name="policy makers").exists()


# --- passwords -----------------------------------------------------------------------------------


def page_of(person: User) -> str:
    return reverse("admin:directory_user_change", args=[person.pk])


@pytest.mark.parametrize("page", ["directory_user_add", "directory_user_change", RESET])
def test_no_page_takes_the_password_of_another(browser: Browser, person: User, page: str) -> None:
    args = [] if page == "directory_user_add" else [person.pk]

    html = browser.get(reverse(f"admin:{page}", args=args)).content.decode()

    assert 'type="password"' not in html


def test_a_link_is_mailed_instead(
    browser: Browser, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    address = reverse(f"admin:{RESET}", args=[person.pk])
    before = person.password

    assert browser.get(address).status_code == 200
    assert not mail.outbox
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(address, {"password1": "typed by another", "password2": "typed by another"})

    person.refresh_from_db()
    assert person.password == before
    (message,) = mail.outbox
    assert message.to == [person.email]
    link = next(line for line in message.body.splitlines() if "/password/reset/key/" in line)
    theirs = Browser()
    form = theirs.get(link, follow=True)
    theirs.post(
        form.redirect_chain[-1][0],
        {"password1": "correct horse battery", "password2": "correct horse battery"},
    )
    person.refresh_from_db()
    assert person.check_password("correct horse battery")
    assert person.sign_in_set_by_others_at is None


def test_without_an_address_no_link_is_mailed(browser: Browser, person: User) -> None:
    User.objects.filter(pk=person.pk).update(email="")
    address = reverse(f"admin:{RESET}", args=[person.pk])

    assert "There is no e-mail address" in browser.get(address).content.decode()
    browser.post(address)

    assert not mail.outbox


def test_nobody_is_added_without_an_address(browser: Browser) -> None:
    answer = browser.post(reverse("admin:directory_user_add"), {"username": "linus"})

    assert list(errors(answer)) == ["email"]


# --- told, written down ---------------------------------------------------------------------------


def test_an_address_set_by_another_is_an_act_and_both_addresses_are_told(
    browser: Browser,
    person: User,
    administrator: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        submit(browser, page_of(person), email="new@example.org")

    act = Act.objects.select_related("personal").get(kind=Kind.CREDENTIAL_SET)
    assert (act.actor, act.detail) == ("administrator", {"what": "address"})
    assert act.personal.person_id == person.pk
    assert act.personal.actor_id == str(administrator.pk)
    assert [message.to for message in mail.outbox] == [["ada@example.org"], ["new@example.org"]]
    assert "your yes to what others ask does not count" in mail.outbox[0].body
    person.refresh_from_db()
    assert person.sign_in_set_by_others_at is not None


@pytest.mark.parametrize("change", [{"nickname": "Addy"}, {"username": "ada2"}])
def test_other_changes_are_none_of_that(
    browser: Browser,
    person: User,
    change: dict[str, str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        submit(browser, page_of(person), **change)

    assert not Act.objects.filter(kind=Kind.CREDENTIAL_SET).exists()
    assert not mail.outbox


def test_ones_own_address_is_ones_own_affair(browser: Browser, administrator: User) -> None:
    submit(browser, page_of(administrator), email="own@example.org")

    administrator.refresh_from_db()
    assert administrator.email == "own@example.org"
    assert administrator.sign_in_set_by_others_at is None


def test_a_mail_server_that_is_away_does_not_undo_the_change(
    browser: Browser,
    person: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def away(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)

    with django_capture_on_commit_callbacks(execute=True):
        answer = submit(browser, page_of(person), email="new@example.org")

    assert answer.status_code == 302
    assert Act.objects.filter(kind=Kind.CREDENTIAL_SET).exists()
