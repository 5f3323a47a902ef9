"""Who is led to which provider, and whose word counts for which application."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import User
from foundation.directory.sign_in import current_sign_in
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from idp.accounts.services import create_person
from tests.accounts.factors.holding import ACCOUNT, SECOND, code_of, has_app, is_signed_in
from tests.jwt import payload_of
from tests.people import PASSWORD
from tests.relying_party import RelyingParty, answer_of
from tests.upstream.elsewhere import BEGIN, Elsewhere, back, leave, make_provider, there_and_back

LOGIN = "/accounts/login/"
RANDOM = r"(?<=csrfmiddlewaretoken\" value=\")\w+|https://elsewhere\.example/authorize\S+|nonce-\S+"


def type_in(browser: Browser, login: str, password: str = "", **more: str) -> HttpResponse:
    answer: HttpResponse = browser.post(LOGIN, {"login": login, "password": password, **more})
    return answer


def onward(page: HttpResponse) -> str:
    return str((page.context or {}).get("onward") or "")


# --- by the domain of an address --------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize(
    "typed",
    [
        "ada@corp.example",
        " Ada@CORP.example ",
        "ada@ｃｏｒｐ.example",
        "nobody@corp.example",
        "a@b@corp.example",
    ],
)
def test_address_of_a_domain_leads_to_its_provider(
    browser: Browser, elsewhere: Elsewhere, ada: User, typed: str
) -> None:
    make_provider(elsewhere, leads="other.example corp.example")

    page = type_in(browser, typed, next="/accounts/email/")

    assert "login_hint=" in onward(page)
    assert onward(page).startswith("https://elsewhere.example/authorize?")


@pytest.mark.parametrize(
    "typed",
    [
        "ada",
        "corp.example",
        "@",
        "",
        "ada@",
        "ada@sub.corp.example",
        "ada@evilcorp.example",
        "ada@corp.example.evil.example",
        "x" * 300 + "@corp.example",
        "ada@example.com",
    ],
)
def test_anything_else_stays_here(
    browser: Browser, elsewhere: Elsewhere, ada: User, typed: str
) -> None:
    make_provider(elsewhere, leads="corp.example")

    page = type_in(browser, typed)

    assert page.status_code == 200
    assert not onward(page)
    assert not is_signed_in(browser)


def test_domain_of_a_provider_that_is_off_leads_nowhere(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere, leads="corp.example", is_on=False)

    assert not onward(type_in(browser, "ada@corp.example"))
    assert "leave the password empty" not in browser.get(LOGIN).content.decode()


def test_nobody_learns_from_it_who_exists(browser: Browser, elsewhere: Elsewhere, db: None) -> None:
    make_provider(elsewhere, leads="corp.example")
    create_person("known", "known@corp.example", PASSWORD)

    here, nowhere = (
        type_in(browser, f"{name}@corp.example").content.decode() for name in ("known", "nobody")
    )

    # But for what is random, and the address that was typed.
    assert re.sub(RANDOM, "", here) == re.sub(RANDOM, "", nowhere)


def test_password_signs_in_here_all_the_same_when_the_provider_is_away(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere, leads="corp.example")
    elsewhere.is_away = True
    create_person("known", "known@corp.example", PASSWORD)

    assert "leave the password empty" in browser.get(LOGIN).content.decode()
    type_in(browser, "known@corp.example", PASSWORD)

    assert is_signed_in(browser)


def test_who_was_led_comes_back_to_where_they_were_going(
    browser: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    provider = make_provider(elsewhere, leads="corp.example")
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )

    asked = leave(
        browser, elsewhere, LOGIN, login="ada@corp.example", password="", next="/accounts/email/"
    )

    assert asked["login_hint"] == "ada@corp.example"
    assert back(browser, asked["state"])["Location"] == "/accounts/email/"


# --- by application ---------------------------------------------------------------------------


@pytest.fixture
def there(elsewhere: Elsewhere, rp: RelyingParty, person: User, provider: None) -> UpstreamProvider:
    """The provider, with which the person has connected their account."""
    rp.browser = Browser()
    kept = make_provider(elsewhere, button="Staff")
    UpstreamAccount.objects.create(
        provider=kept, sub=elsewhere.sub, user=person, connected_at=timezone.now()
    )
    return kept


def counts_for(rp: RelyingParty, *slugs: str) -> None:
    rp.client.limits_upstreams = True
    rp.client.upstreams = list(slugs)
    rp.client.save()


def sign_in_there(rp: RelyingParty, elsewhere: Elsewhere, **given: str) -> HttpResponse:
    return there_and_back(rp.browser, elsewhere, BEGIN, **given)


def test_word_of_a_provider_that_counts_goes_through(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    counts_for(rp, "there")
    page = rp.follow(rp.authorize())

    answer = rp.follow(sign_in_there(rp, elsewhere, next=page.wsgi_request.GET["next"]))

    assert "Staff" in page.content.decode()
    assert answer.wsgi_request.path.startswith("/consent/")


@pytest.mark.parametrize("slugs", [(), ("other",)])
def test_word_of_any_other_does_not(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider, slugs: tuple[str, ...]
) -> None:
    counts_for(rp, *slugs)
    sign_in_there(rp, elsewhere)

    page = rp.follow(rp.authorize())

    assert is_signed_in(rp.browser)
    assert page.wsgi_request.path == LOGIN
    assert "Staff" not in page.content.decode()
    assert "takes sign-ins here only" in page.content.decode()
    again = rp.follow(sign_in_there(rp, elsewhere, next=page.wsgi_request.GET["next"]))
    assert again.wsgi_request.path == LOGIN


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_prompt_none_is_told_that_a_sign_in_is_needed(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider, person: User
) -> None:
    rp.obtain_tokens(person)
    rp.browser.post("/accounts/switch/")
    counts_for(rp)
    sign_in_there(rp, elsewhere)

    assert answer_of(rp.authorize(prompt="none"))["error"] == "login_required"


def test_second_factor_beside_a_word_that_does_not_count_is_no_sign_in(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider, person: User
) -> None:
    secret = has_app(person)
    counts_for(rp)
    sign_in_there(rp, elsewhere)
    rp.browser.post(SECOND, {"code": code_of(secret)})
    found = current_sign_in(rp.browser.get(ACCOUNT).wsgi_request)
    assert found is not None
    assert found.acr[-1] == "2"

    assert rp.follow(rp.authorize()).wsgi_request.path == LOGIN


def test_password_in_the_same_session_counts_and_nothing_more_is_told(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider, person: User
) -> None:
    there.levels, there.methods = [["phr", "3"]], "hwk"
    there.save()
    counts_for(rp)
    elsewhere.claims = {"acr": "phr", "amr": ["hwk"]}
    sign_in_there(rp, elsewhere)

    tokens = rp.obtain_tokens(person)

    told = payload_of(tokens["id_token"])
    assert (told["acr"][-1], told["amr"]) == ("1", ["pwd"])


def test_domain_leads_to_no_provider_that_does_not_count(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    UpstreamProvider.objects.update(leads="corp.example")
    counts_for(rp)
    page = rp.follow(rp.authorize())
    following: Any = page.wsgi_request.GET["next"]

    assert "leave the password empty" not in page.content.decode()
    assert not onward(type_in(rp.browser, "ada@corp.example", next=following))
