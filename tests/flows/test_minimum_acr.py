"""A scope that needs a stronger sign-in: never got by a weak one, never lost by it either."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from claims.catalogue.models import ScopePolicy
from consent.models import Grant, ScopeDecision
from foundation.directory.levels import ACR_ONE_FACTOR as WEAK, levels, satisfies, strength_for
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.accounts.factors.holding import code_of, has_app
from tests.consent.asking import change_scope
from tests.factories import make_grant, make_machine, make_resource_server
from tests.html_forms import form_with
from tests.jwt import payload_of
from tests.levels import name_levels
from tests.relying_party import RelyingParty, answer_of

STRONG = "urn:scopeward:acr:2"
SCOPE = "openid profile clearance offline_access"
WITHOUT = "openid profile offline_access"
SignIns = Callable[[str], None]


@pytest.fixture(autouse=True)
def _levels(provider: None) -> None:
    name_levels(WEAK, STRONG)
    change_scope("clearance", minimum_acr=STRONG)


@pytest.fixture
def sign_ins(monkeypatch: pytest.MonkeyPatch) -> SignIns:
    """Let sign-ins reach a level from now on."""

    def reach(acr: str) -> None:
        strength = strength_for(acr)
        monkeypatch.setattr("foundation.directory.sign_in.strength_of", lambda proofs: strength)

    return reach


def scopes_of(tokens: dict[str, Any]) -> set[str]:
    return set(tokens["scope"].split())


# --- the comparison -------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "2")
@pytest.mark.parametrize(
    ("acr", "minimum", "enough"),
    [
        (WEAK, "", True),
        ("", "", True),
        ("unheard-of", "", True),
        (WEAK, WEAK, True),
        (STRONG, WEAK, True),
        (STRONG, STRONG, True),
        (WEAK, STRONG, False),
        ("", WEAK, False),
        ("unheard-of", WEAK, False),
        (STRONG, "unheard-of", False),
        ("unheard-of", "unheard-of", False),
        (STRONG.upper(), WEAK, False),
        (f" {STRONG}", STRONG, False),
    ],
)
def test_what_is_not_known_is_not_enough(acr: str, minimum: str, enough: bool) -> None:
    assert satisfies(acr, minimum) is enough


def test_every_level_satisfies_those_before_it() -> None:
    order = levels()

    for place, acr in enumerate(order):
        assert [satisfies(acr, minimum) for minimum in order] == [
            other <= place for other in range(len(order))
        ]


# --- a weak sign-in -------------------------------------------------------------------------------


@pytest.mark.spec("RFC 6749", "3.3")
def test_weak_sign_in_gets_the_rest(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)

    assert tokens["scope"] == WITHOUT
    assert "clearance" not in payload_of(tokens["access_token"])


def test_screen_says_so_and_offers_no_box(rp: RelyingParty, person: User) -> None:
    html = rp.sign_in(person, rp.authorize(scope=SCOPE)).content.decode()

    assert "What needs a stronger sign-in" in html
    assert "See how high your clearance is." in html
    assert "confidential" not in html
    form = form_with(html, "decision")
    assert "clearance" not in [*form.values("scope", "checkbox"), *form.values("scope", "hidden")]


def test_it_is_neither_granted_nor_denied_by_forging_the_box(
    rp: RelyingParty, person: User
) -> None:
    page = rp.sign_in(person, rp.authorize(scope=SCOPE))
    scopes = ["profile", "clearance", "offline_access"]

    rp.submit(page, having="decision", decision="allow", scope=scopes)

    assert "clearance" not in Grant.objects.get().scopes
    assert not ScopeDecision.objects.filter(scope="clearance").exists()
    assert not Act.objects.filter(kind__in=[Kind.GRANTED, Kind.DENIED], scope="clearance").exists()


def test_refusing_everything_does_not_deny_it(rp: RelyingParty, person: User) -> None:
    rp.go_through(person, scope=SCOPE, allow=())

    assert ScopeDecision.objects.filter(scope="profile").exists()
    assert not ScopeDecision.objects.filter(scope="clearance").exists()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_nothing_else_to_ask_is_nothing_to_ask(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=SCOPE)

    answer = answer_of(rp.authorize(scope=SCOPE, prompt="none"))

    assert scopes_of(rp.exchange(answer["code"]).json()) == set(WITHOUT.split())


def test_later_strong_sign_in_is_asked_about_it(
    rp: RelyingParty, person: User, sign_ins: SignIns
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    sign_ins(STRONG)

    assert answer_of(rp.authorize(scope=SCOPE, prompt="none"))["error"] == "consent_required"
    tokens = rp.obtain_tokens(person, scope=SCOPE)

    assert scopes_of(tokens) == set(SCOPE.split())
    assert ScopeDecision.objects.get(scope="clearance").acr == STRONG


def test_level_that_nobody_knows_is_reached_by_nobody(
    rp: RelyingParty, person: User, sign_ins: SignIns
) -> None:
    change_scope("clearance", minimum_acr="urn:example:unheard-of")
    sign_ins(STRONG)

    assert rp.obtain_tokens(person, scope=SCOPE)["scope"] == WITHOUT


def test_implicit_scope_does_not_slip_in(rp: RelyingParty, person: User) -> None:
    change_scope("clearance", policy=ScopePolicy.IMPLICIT)

    tokens = rp.obtain_tokens(person, scope=SCOPE)

    assert tokens["scope"] == WITHOUT
    assert "clearance" not in Grant.objects.get().scopes


# --- an application that cannot do without it -----------------------------------------------------


@pytest.fixture
def nobody_enrols(settings: Any) -> None:
    """Nobody adds a factor on the way."""
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=False)


@pytest.mark.usefixtures("nobody_enrols")
@pytest.mark.spec("Unmet Authentication Requirements", "2")
@pytest.mark.parametrize("prompt", [None, "none", "consent"])
def test_required_scope_is_an_error(rp: RelyingParty, person: User, prompt: str | None) -> None:
    if prompt == "none":
        # Without a grant the application would not be told in silence that somebody is here.
        make_grant(person=person, client=rp.client, scopes=["openid"])
    change_scope("clearance", policy=ScopePolicy.REQUIRED)
    rp.sign_in(person)

    answer = answer_of(rp.authorize(scope=SCOPE, prompt=prompt))

    assert answer["error"] == "unmet_authentication_requirements"
    assert answer["state"] == "a-state"
    assert not Grant.objects.filter(scopes__has_key="clearance").exists()


@pytest.mark.usefixtures("nobody_enrols")
@pytest.mark.spec("Unmet Authentication Requirements", "2")
def test_nothing_but_what_is_out_of_reach_is_an_error(rp: RelyingParty, person: User) -> None:
    rp.sign_in(person)

    answer = answer_of(rp.authorize(scope="clearance"))

    assert answer["error"] == "unmet_authentication_requirements"


@pytest.mark.spec("Unmet Authentication Requirements", "2")
def test_level_that_there_is_not_is_an_error(rp: RelyingParty, person: User) -> None:
    change_scope("clearance", policy=ScopePolicy.REQUIRED, minimum_acr="urn:example:unheard-of")
    rp.sign_in(person)

    assert answer_of(rp.authorize(scope=SCOPE))["error"] == "unmet_authentication_requirements"


@pytest.mark.spec("RFC 9470", "5")
@pytest.mark.parametrize("policy", [ScopePolicy.REQUIRED, None])
def test_whoever_may_add_a_factor_is_led_to_it(
    rp: RelyingParty, person: User, policy: ScopePolicy | None
) -> None:
    if policy:
        change_scope("clearance", policy=policy)
    rp.sign_in(person)

    answer = rp.authorize(scope=SCOPE if policy else "clearance")

    assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Fauthorize%2Fresume")
    page = rp.browser.get(answer["Location"]).content.decode()
    assert "You have nothing yet that is strong enough for this." in page
    assert "/accounts/security/app/?next=%2Fauthorize%2Fresume%2F" in page


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_in_silence_nobody_is_led_to_it(rp: RelyingParty, person: User) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])
    change_scope("clearance", policy=ScopePolicy.REQUIRED)
    rp.sign_in(person)

    assert answer_of(rp.authorize(scope=SCOPE, prompt="none"))["error"] == "login_required"


# --- another sign-in between question and answer --------------------------------------------------


def test_answer_of_a_weaker_sign_in_is_asked_again(
    rp: RelyingParty, person: User, sign_ins: SignIns
) -> None:
    sign_ins(STRONG)
    page = rp.sign_in(person, rp.authorize(scope=SCOPE))
    sign_ins(WEAK)

    answer = rp.submit(page, having="decision", decision="allow", scope=["profile", "clearance"])

    assert answer.status_code == 409
    assert "What needs a stronger sign-in" in answer.content.decode()
    assert not Grant.objects.exists()


def test_answer_of_a_stronger_sign_in_is_shown_what_it_may_decide(
    rp: RelyingParty, person: User, sign_ins: SignIns
) -> None:
    page = rp.sign_in(person, rp.authorize(scope=SCOPE))
    sign_ins(STRONG)

    again = rp.submit(page, having="decision", decision="allow", scope=["profile"])

    assert again.status_code == 409
    assert "clearance" in form_with(again.content.decode(), "decision").values("scope", "checkbox")
    assert not ScopeDecision.objects.exists()


def test_weaker_sign_in_after_the_answer_gets_no_code_for_it(
    rp: RelyingParty, person: User, sign_ins: SignIns
) -> None:
    sign_ins(STRONG)
    rp.obtain_tokens(person, scope=SCOPE)
    sign_ins(WEAK)

    tokens = rp.obtain_tokens(person, scope=SCOPE)

    assert tokens["scope"] == WITHOUT
    assert "clearance" in Grant.objects.get().scopes


def test_weak_sign_in_takes_nothing_from_a_strong_one(
    rp: RelyingParty, person: User, sign_ins: SignIns
) -> None:
    sign_ins(STRONG)
    strong = rp.obtain_tokens(person, scope=SCOPE)
    sign_ins(WEAK)
    rp.obtain_tokens(person, scope=SCOPE, prompt="consent")

    assert scopes_of(rp.refresh(strong["refresh_token"]).json()) == set(SCOPE.split())


# --- tokens of a sign-in that has become too weak -------------------------------------------------


@pytest.fixture
def too_weak(rp: RelyingParty, person: User) -> dict[str, Any]:
    """Tokens got while the scope asked for nothing; it asks for more since."""
    change_scope("clearance", minimum_acr="")
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    assert scopes_of(tokens) == set(SCOPE.split())
    change_scope("clearance", minimum_acr=STRONG)
    return tokens


def test_refresh_is_narrowed(rp: RelyingParty, too_weak: dict[str, Any]) -> None:
    assert rp.refresh(too_weak["refresh_token"]).json()["scope"] == WITHOUT


@pytest.mark.spec("RFC 6749", "6")
def test_refresh_that_insists_does_not_get_it(rp: RelyingParty, too_weak: dict[str, Any]) -> None:
    answer = rp.refresh(too_weak["refresh_token"], scope="openid clearance")

    assert "clearance" not in answer.json()["scope"]


def test_code_gives_no_token_with_it(rp: RelyingParty, person: User) -> None:
    change_scope("clearance", minimum_acr="")
    code = rp.obtain_code(person, scope=SCOPE)
    change_scope("clearance", minimum_acr=STRONG)

    assert rp.exchange(code).json()["scope"] == WITHOUT


def test_userinfo_refuses_the_token(rp: RelyingParty, too_weak: dict[str, Any]) -> None:
    assert rp.userinfo(too_weak["access_token"]).status_code == 401


@pytest.mark.spec("RFC 7662", "2.2")
def test_introspection_says_inactive(rp: RelyingParty, too_weak: dict[str, Any]) -> None:
    assert rp.introspect(too_weak["access_token"]).json() == {"active": False}


def test_refreshing_needs_what_staying_connected_needs(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=WITHOUT)
    change_scope("offline_access", minimum_acr=STRONG)

    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_client_on_its_own_has_no_sign_in_at_all(provider: None) -> None:
    make_resource_server(scopes=["warehouse:read"])
    change_scope("warehouse:read", minimum_acr=WEAK)
    machine = RelyingParty(*make_machine(scope="warehouse:read roles"))

    assert machine.client_credentials().json()["scope"] == "roles"
    assert machine.client_credentials(scope="warehouse:read").json()["error"] == "invalid_scope"


def test_screen_leads_to_what_is_missing_and_back_to_itself(rp: RelyingParty, person: User) -> None:
    """*Sign in more strongly*: only the code, and then the scope is asked about."""
    page = rp.sign_in(person, rp.authorize(scope=SCOPE))
    secret = has_app(person)
    assert asks_about(page, "clearance") is False
    link = re.search(r'href="(/accounts/reauthenticate/\?[^"]+)"', page.content.decode())
    assert link

    confirm = rp.browser.get(unescape(link[1]))
    assert 'name="password"' not in confirm.content.decode()
    again = rp.follow(rp.submit(confirm, having="code", code=code_of(secret)))

    assert again.request["PATH_INFO"] == page.request["PATH_INFO"]
    assert asks_about(again, "clearance") is True


def asks_about(page: Any, scope: str) -> bool:
    """Whether the screen has a box for it."""
    return f'value="{scope}"' in page.content.decode()
