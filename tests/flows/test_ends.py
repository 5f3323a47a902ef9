"""Access that ends, and memberships that do: at that moment, whatever job has not run yet."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.test import Client as Browser
from django.utils import timezone

from claims.holders import active_holders, subjects
from claims.models import GroupAttributes
from claims.subject import load
from consent.approvals.deciders.capacities import stand_ins
from consent.approvals.deciders.owners import Owners
from consent.approvals.models import Delegation
from foundation.directory.may_use import may_use, people_named, set_users
from foundation.directory.models import Client, GroupMembership, User
from foundation.journal.acts import record_changes
from foundation.journal.models import Act, DenyListEntry, Kind
from idp.accounts.authority import rights_of
from idp.accounts.lives.ends import end_what_is_due, join, set_end
from idp.models import RefreshToken
from tests.approvals.asking import make_owner
from tests.factories import make_person
from tests.relying_party import PASSWORD, RelyingParty

SCOPE = "openid profile roles offline_access"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _ready(provider: None) -> None:
    """Make it ready."""


def over(person: User) -> None:
    """Let the end of somebody's access have come, without anything having run since."""
    User.objects.filter(pk=person.pk).update(ends_at=timezone.now() - timedelta(seconds=1))


def members(*people: User, ends_in: float | None = None, **attributes: Any) -> Group:
    """Return a group that these are in; `ends_in` minutes."""
    group = Group.objects.create(name="project")
    GroupAttributes.objects.create(group=group, values=attributes)
    end = None if ends_in is None else timezone.now() + timedelta(minutes=ends_in)
    for person in people:
        GroupMembership.objects.create(user=person, group=group, ends_at=end)
    return group


def test_before_the_end_nothing_is_different(rp: RelyingParty, person: User) -> None:
    set_end([person.pk], timezone.now() + timedelta(hours=1), timezone.now())

    tokens = rp.obtain_tokens(person, scope=SCOPE)

    assert rp.refresh(tokens["refresh_token"]).status_code == 200
    assert end_what_is_due(timezone.now()) == {"people": 0, "memberships": 0}


@pytest.mark.both_databases
def test_session_code_and_tokens_end_at_that_moment(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    code = rp.obtain_code(person, scope=SCOPE)
    over(person)

    assert rp.exchange(code).json()["error"] == "invalid_grant"
    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    for token in ("access_token", "refresh_token"):
        assert rp.introspect(tokens[token]).json() == {"active": False}
    assert rp.browser.get("/accounts/").status_code == 302
    assert RefreshToken.objects.filter(revoked=None).exists()  # no job has run


@pytest.mark.parametrize("name", ["ada", "ada@example.org"])
def test_nobody_signs_in_after_it(person: User, name: str) -> None:
    over(person)

    browser = Browser()
    answer = browser.post("/accounts/login/", {"login": name, "password": PASSWORD})

    assert answer["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in browser.session


def test_they_are_nobody_who_decides(person: User) -> None:
    grace = make_person(username="grace")
    make_owner(grace, "hr.*")
    now = timezone.now()
    day = timedelta(days=1)
    Delegation.objects.create(
        from_person=person, to_person=grace, starts_at=now - day, ends_at=now + day
    )
    assert stand_ins([person.pk])
    assert list(Owners().holders())
    over(grace)

    assert not stand_ins([person.pk])
    assert not list(Owners().holders())
    assert not subjects([grace.pk])
    assert active_holders("roles", "analyst") == [person.pk]


def test_reading_somebody_whose_end_has_come_and_saving_them_switches_nobody_off(
    person: User,
) -> None:
    over(person)
    late = User.objects.get(pk=person.pk)
    assert not late.is_active
    late.nickname = "Countess"
    late.save()
    set_end([person.pk], None, timezone.now())

    assert User.objects.get(pk=person.pk).is_active


def test_tidying_up_ends_what_is_left_and_is_an_act(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    over(person)

    assert end_what_is_due(timezone.now())["people"] == 1
    record_changes()

    assert not RefreshToken.objects.filter(revoked=None).exists()
    assert not UserSession.objects.filter(user=person).exists()
    assert DenyListEntry.objects.exists()
    assert Act.objects.filter(kind=Kind.CHANGED, object_kind="directory.user").exists()
    assert end_what_is_due(timezone.now()) == {"people": 0, "memberships": 0}


def test_an_end_that_is_now_ends_everything_at_once(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=SCOPE)

    assert set_end([person.pk], timezone.now(), timezone.now()) == 1

    assert not RefreshToken.objects.filter(revoked=None).exists()


MEMBERSHIPS = {"lasting": None, "until later": 60.0, "over": -1.0}


@pytest.mark.both_databases
@pytest.mark.parametrize("how", MEMBERSHIPS)
def test_what_a_group_gives_follows_its_membership(
    rp: RelyingParty, person: User, how: str
) -> None:
    group = members(person, ends_in=MEMBERSHIPS[how], roles=["atlas-lead"])
    group.permissions.set(Permission.objects.filter(codename="view_user"))
    set_users(rp.client, is_for_some=True, people=[], groups=[group])
    is_in = how != "over"

    assert ("atlas-lead" in load(person.pk).attributes["roles"]) is is_in
    assert (person.pk in active_holders("roles", "atlas-lead")) is is_in
    assert User.objects.get(pk=person.pk).has_perm("directory.view_user") is is_in
    assert bool(rights_of(User.objects.get(pk=person.pk))) is is_in
    assert may_use(Client.objects.get(pk=rp.client.pk), person.pk) is is_in
    assert people_named(rp.client).exists() is is_in


def test_claims_follow_at_the_next_statement(rp: RelyingParty, person: User) -> None:
    group = members(person, ends_in=60, roles=["atlas-lead"])
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    assert "atlas-lead" in rp.userinfo(tokens["access_token"]).json()["roles"]

    GroupMembership.objects.filter(group=group).update(ends_at=timezone.now())

    assert "atlas-lead" not in rp.userinfo(tokens["access_token"]).json()["roles"]


def test_a_membership_that_ended_is_tidied_up_told_and_an_act(
    rp: RelyingParty, person: User
) -> None:
    group = members(person, ends_in=60)
    set_users(rp.client, is_for_some=True, people=[], groups=[group])
    rp.obtain_tokens(person, scope=SCOPE)
    GroupMembership.objects.update(ends_at=timezone.now())

    assert end_what_is_due(timezone.now()) == {"people": 0, "memberships": 1}
    record_changes()

    assert not GroupMembership.objects.exists()
    assert DenyListEntry.objects.exists()
    assert Act.objects.filter(kind=Kind.REMOVED, object_kind="directory.user").exists()


def test_joining_again_changes_the_end(person: User) -> None:
    group = members(person, ends_in=60)

    join(person.pk, group, None, timezone.now())

    assert GroupMembership.objects.get().ends_at is None


def test_joining_until_now_is_leaving(person: User) -> None:
    group = members(person)

    join(person.pk, group, timezone.now(), timezone.now())

    assert not GroupMembership.objects.exists()


BY_THE_SWITCH_ALONE: dict[str, str] = {
    "claims/holders.py": "reads the end along",
    "consent/approvals/deciders/capacities.py": "reads the end along",
    "consent/grants/selectors.py": "guards a write against a switch that is turned meanwhile",
    "idp/accounts/forms.py": "looks at each of those found",
    "idp/accounts/ldap/synchronising.py": "switches off who is gone",
    "idp/accounts/provisioning/ending.py": "turns the switch",
    "idp/accounts/lives/ends.py": "turns the switch once the end has come",
    "idp/tokens/families/lookup.py": "reads the end along",
    "idp/tokens/families/standing.py": "looks at the end",
    "idp/scim/lists/filters.py": "finds by what is stored",
    "console/checks.py": "warns of names",
}
OF_PEOPLE: Callable[[str], list[str]] = re.compile(
    r"(?:person|user|requester|voter)__is_active|User\.objects[^\n]*is_active"
    r"|(?:which|pk__in=people|email|username_key__in=names), is_active="
).findall


def test_whoever_asks_for_active_people_asks_for_their_end() -> None:
    packages = ("foundation", "claims", "policy", "consent", "idp", "console")
    paths = [path for name in packages for path in (ROOT / name).rglob("*.py")]

    found = {
        str(path.relative_to(ROOT)) for path in paths if OF_PEOPLE(path.read_text(encoding="utf-8"))
    }

    assert found == set(BY_THE_SWITCH_ALONE)
