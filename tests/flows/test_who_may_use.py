"""An application that is for some: nobody else gets a token, by any way, at any time."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from foundation.directory.may_use import may_use, set_users
from foundation.directory.models import Client, User
from tests.factories import make_person, make_resource_server
from tests.relying_party import RelyingParty, answer_of

SCOPE = "openid profile offline_access"


@pytest.fixture(autouse=True)
def _ready(provider: None) -> None:
    """Make it ready."""


@pytest.fixture
def staff(db: None) -> Group:
    return Group.objects.create(name="staff")


def only_for(rp: RelyingParty, *whom: User | Group) -> None:
    """Let the application be for these."""
    people = [each for each in whom if isinstance(each, User)]
    groups = [each for each in whom if isinstance(each, Group)]
    set_users(rp.client, is_for_some=True, people=people, groups=groups)


def in_group(person: User, group: Group) -> Group:
    person.groups.add(group)
    return group


ALLOWED: dict[str, Callable[[User, Group], tuple[Any, ...]]] = {
    "by name": lambda person, _group: (person,),
    "by group": lambda person, group: (in_group(person, group),),
}


@pytest.mark.parametrize("how", ALLOWED)
def test_who_is_named_goes_through(rp: RelyingParty, person: User, staff: Group, how: str) -> None:
    only_for(rp, *ALLOWED[how](person, staff))

    assert rp.obtain_tokens(person, scope=SCOPE)["refresh_token"]


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_who_is_not_is_told_so_and_then_the_application(
    rp: RelyingParty, person: User, staff: Group
) -> None:
    only_for(rp, staff, make_person(username="grace"))

    page = rp.go_through(person, scope=SCOPE)

    assert page.wsgi_request.path.startswith("/authorize/not-for-you/")
    assert "This application is not for you" in page.content.decode()
    answer = answer_of(rp.browser.post(page.wsgi_request.path, _token(page)))
    assert answer["error"] == "access_denied"
    assert "code" not in answer
    assert rp.browser.post(page.wsgi_request.path, _token(page)).status_code == 400


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_prompt_none_gets_the_error_at_once(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    only_for(rp)

    answer = answer_of(rp.authorize(scope=SCOPE, prompt="none"))

    assert answer["error"] == "access_denied"


def test_page_leads_on_who_is_named_meanwhile(rp: RelyingParty, person: User) -> None:
    only_for(rp)
    page = rp.go_through(person, scope=SCOPE)
    only_for(rp, person)

    answer = rp.browser.post(page.wsgi_request.path, _token(page))

    assert answer["Location"].startswith("/authorize/resume/")


LEFT: dict[str, Callable[[RelyingParty, User, Group], Any]] = {
    "nobody is named": lambda rp, _person, _group: only_for(rp),
    "somebody else is": lambda rp, _person, _group: only_for(rp, make_person(username="grace")),
    "the group is left": lambda _rp, person, group: person.groups.remove(group),
    "the group is gone": lambda _rp, _person, group: group.delete(),
}


@pytest.mark.parametrize("how", LEFT)
def test_code_and_tokens_end_at_the_next_statement(
    rp: RelyingParty, person: User, staff: Group, how: str
) -> None:
    only_for(rp, in_group(person, staff))
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    code = rp.obtain_code(person, scope=SCOPE)
    api = make_resource_server()

    LEFT[how](rp, person, staff)

    assert rp.exchange(code).json()["error"] == "invalid_grant"
    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    for token in ("access_token", "refresh_token"):
        assert rp.introspect(tokens[token]).json() == {"active": False}
    assert api


def test_an_application_that_names_people_is_still_for_all_until_it_is_for_some(
    rp: RelyingParty, person: User
) -> None:
    set_users(rp.client, is_for_some=False, people=[make_person(username="grace")], groups=[])

    assert may_use(Client.objects.get(pk=rp.client.pk), person.pk)
    assert rp.obtain_tokens(person, scope=SCOPE)


def test_nothing_is_asked_of_the_database_where_nothing_is_set(
    rp: RelyingParty, person: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert may_use(rp.client, person.pk)


def _token(page: Any) -> dict[str, Any]:
    from tests.html_forms import form_with

    form = form_with(page.content.decode(), "csrfmiddlewaretoken")
    return {"csrfmiddlewaretoken": form.data["csrfmiddlewaretoken"][0]}
