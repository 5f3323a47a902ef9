"""Sign-in that an application waits for: it says so, and its form may end there."""

import pytest
from django.test import Client as Browser, RequestFactory

from foundation.directory.models import Client, User
from idp.authorize.request import AuthorizationRequest
from idp.authorize.stored import pending
from idp.models import StoredAuthorizationRequest
from tests.people import PASSWORD

PAGES = ["/accounts/login/", "/accounts/reauthenticate/"]


@pytest.fixture
def waiting(signed_in: Browser) -> StoredAuthorizationRequest:
    """A request of Query Desk that this browser brought."""
    client = Client.objects.create(
        is_verified=True,
        name="Query Desk",
        client_id="desk",
        redirect_uris="https://desk.example/callback",
    )
    asked = AuthorizationRequest(
        client_id="desk", redirect_uri="https://desk.example/callback", login_hint="grace"
    )
    stored, secret = pending.store(RequestFactory().get("/"), asked, client)
    signed_in.cookies[pending.COOKIE] = secret
    return stored


def form_action(response) -> list[str] | None:
    """What forms are held to; None when nothing does."""
    directives = (d.split() for d in response["Content-Security-Policy"].split(";"))
    return next((words[1:] for words in directives if words[0] == "form-action"), None)


@pytest.mark.parametrize("page", PAGES)
def test_page_says_which_application_waits(
    signed_in: Browser, waiting: StoredAuthorizationRequest, page: str
) -> None:
    response = signed_in.get(page, {"next": pending.resume_path(waiting)})

    assert "continue to Query Desk" in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_form_may_end_at_the_application_and_onward(
    signed_in: Browser, waiting: StoredAuthorizationRequest, page: str
) -> None:
    response = signed_in.get(page, {"next": pending.resume_path(waiting)})

    assert form_action(response) is None


def test_form_shown_again_after_a_mistake_may_end_there_too(
    signed_in: Browser, waiting: StoredAuthorizationRequest
) -> None:
    form = {"login": "ada", "password": "wrong", "next": pending.resume_path(waiting)}

    response = signed_in.post("/accounts/login/", form)

    assert form_action(response) is None


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "target",
    [
        "",
        "/accounts/",
        "/authorize/resume/",
        "/authorize/resume/00000000-0000-0000-0000-000000000000/",
        "https://evil.example/authorize/resume/00000000-0000-0000-0000-000000000000/",
    ],
)
def test_other_targets_open_nothing(signed_in: Browser, page: str, target: str) -> None:
    response = signed_in.get(page, {"next": target})

    assert form_action(response) == ["'self'"]


def test_request_of_another_browser_is_not_shown(
    waiting: StoredAuthorizationRequest, ada: User
) -> None:
    response = Browser().get("/accounts/login/", {"next": pending.resume_path(waiting)})

    assert "Query Desk" not in response.content.decode()
    assert form_action(response) == ["'self'"]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_login_hint_is_filled_in(signed_in: Browser, waiting: StoredAuthorizationRequest) -> None:
    response = signed_in.get("/accounts/login/", {"next": pending.resume_path(waiting)})

    assert response.context["form"].initial["login"] == "grace"


def test_request_survives_switching_the_account(
    signed_in: Browser, grace: User, waiting: StoredAuthorizationRequest
) -> None:
    back = pending.resume_path(waiting)

    login = signed_in.post("/accounts/switch/", {"next": back})["Location"]

    assert "Query Desk" in signed_in.get(login).content.decode()
    form = {"login": "grace", "password": PASSWORD, "next": back}
    assert signed_in.post("/accounts/login/", form)["Location"] == back
