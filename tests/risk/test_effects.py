"""What a high score leads to: no code before it is confirmed, the end of the session."""

from dataclasses import replace
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.approvals.deciders.freshness import is_good_enough
from consent.approvals.terms import ApprovalTerms
from foundation.directory.factors.proofs import Strength
from foundation.directory.models import SignInRecord, User
from foundation.directory.risk.context import Whereabouts
from foundation.directory.risk.scoring import Risk
from foundation.directory.risk.state import RiskState, stronger_than
from foundation.directory.sign_in import current_sign_in
from foundation.journal.models import Act, Kind
from tests.levels import name_levels
from tests.relying_party import PASSWORD, RelyingParty, answer_of
from tests.risk.conftest import (
    ACCOUNT,
    AWAY,
    CHROME,
    FAR,
    HOME,
    At,
    browser_at,
    is_signed_in,
    last,
    move,
    reauthenticate,
    set_threshold,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db
SCOPE = "openid email"


@pytest.fixture
def doubted(at: At, ada: User) -> RelyingParty:
    """Ada on a new device in a new network, at an application that she uses at home."""
    at().go_through(ada, scope=SCOPE)
    rp = at(AWAY, CHROME)
    sign_in(rp.browser, ada)
    assert last(ada).score == 40
    return rp


def is_at(response: Any, name: str) -> bool:
    return response.resolver_match.url_name == name


@pytest.mark.spec("OIDC Core", "3.1.2.3")
def test_doubtful_sign_in_gives_no_code(doubted: RelyingParty) -> None:
    page = doubted.follow(doubted.authorize(scope=SCOPE))

    assert is_at(page, "account_reauthenticate")
    assert "This device has not been used before." in page.content.decode()


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_doubtful_sign_in_answers_login_required_without_a_prompt(doubted: RelyingParty) -> None:
    answer = answer_of(doubted.authorize(scope=SCOPE, prompt="none"))

    assert answer["error"] == "login_required"


def test_confirmed_sign_in_gives_a_code(doubted: RelyingParty) -> None:
    answered = doubted.confirm_password(doubted.authorize(scope=SCOPE))

    assert answer_of(answered)["code"]


def test_it_is_asked_once_and_not_at_every_request(doubted: RelyingParty) -> None:
    doubted.confirm_password(doubted.authorize(scope=SCOPE))

    assert answer_of(doubted.authorize(scope=SCOPE, prompt="none"))["code"]


def test_wrong_password_confirms_nothing(doubted: RelyingParty) -> None:
    page = doubted.follow(doubted.authorize(scope=SCOPE))
    doubted.submit(page, having="password", password="wrong")

    assert "error" in answer_of(doubted.authorize(scope=SCOPE, prompt="none"))


def test_signing_in_once_more_is_no_way_around(doubted: RelyingParty, ada: User) -> None:
    """The same password on the same page tells nothing new, and neither does a new session."""
    doubted.browser.post("/accounts/logout/")
    sign_in(doubted.browser, ada)

    assert answer_of(doubted.authorize(scope=SCOPE, prompt="none"))["error"] == "login_required"


def test_page_that_was_open_before_a_change_gives_no_code_after_it(at: At, ada: User) -> None:
    rp = at()
    review = rp.sign_in(ada, rp.authorize(scope=SCOPE))
    move(rp.browser, AWAY)

    answer = rp.decide(review)

    assert is_at(answer, "account_reauthenticate")


def test_ordinary_sign_in_is_not_asked_again(at: At, ada: User) -> None:
    assert answer_of(at().go_through(ada, scope=SCOPE))["code"]


def test_request_where_nothing_changed_costs_no_statement_more(at: At, ada: User) -> None:
    rp = at()
    rp.go_through(ada, scope=SCOPE)

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert answer_of(rp.authorize(scope=SCOPE, prompt="none"))["code"]
        return [query["sql"] for query in captured.captured_queries]

    statements()
    assert [sql for sql in statements() if "risk" in sql or "signin" in sql] == []


def test_doubtful_sign_in_approves_nothing(doubted: RelyingParty) -> None:
    request = doubted.browser.get(ACCOUNT).wsgi_request
    terms = ApprovalTerms()
    assert not is_good_enough(terms, current_sign_in(request))

    reauthenticate(doubted.browser)

    assert is_good_enough(terms, current_sign_in(doubted.browser.get(ACCOUNT).wsgi_request))


def test_next_stronger_level_is_demanded_where_there_is_one() -> None:
    name_levels("weak", "middling", "strong")

    most = Strength.PHISHING_RESISTANT
    assert stronger_than("weak", most) == "middling"
    assert stronger_than("strong", most) == stronger_than("unheard-of", most) == "strong"
    assert stronger_than("weak", Strength.ONE_FACTOR) == "weak"
    assert stronger_than("unheard-of", Strength.TWO_FACTORS) == "middling"
    name_levels("only")
    assert stronger_than("only", most) == "only"


def test_confirming_too_weakly_confirms_nothing() -> None:
    name_levels("weak", "strong")
    here = (Whereabouts(HOME, "", ""),)
    asked = RiskState(Risk(), here, demanded_acr="strong")

    assert asked.is_doubted("strong")
    assert replace(asked, is_confirmed=True).is_doubted("weak")
    assert not replace(asked, is_confirmed=True).is_doubted("strong")
    assert not RiskState(Risk(), here).is_doubted("weak")


def test_password_is_not_enough_where_more_is_demanded(
    doubted: RelyingParty, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    """Of somebody who can reach more."""
    more = Strength.TWO_FACTORS
    monkeypatch.setattr("foundation.directory.risk.services.reachable", lambda person: more)
    sign_in(doubted.browser, ada)

    answer = doubted.authorize(scope=SCOPE)
    doubted.browser.post(answer["Location"], {"password": PASSWORD})

    assert is_at(doubted.follow(doubted.authorize(scope=SCOPE)), "account_reauthenticate")


# The end of a session ----------------------------------------------------------------------------


def test_very_unusual_sign_in_is_ended_with_its_reasons(ada: User) -> None:
    signed_in(ada)
    set_threshold("end_session", 30)
    browser = browser_at(AWAY, CHROME)

    page = sign_in(browser, ada)

    assert page.status_code == 403
    assert "This device has not been used before." in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not is_signed_in(browser)
    assert last(ada).has_ended_session


def test_session_that_turns_up_elsewhere_is_ended_before_the_page_is_made(ada: User) -> None:
    browser = signed_in(ada)
    set_threshold("end_session", 60)

    page = move(browser, AWAY, CHROME).get(ACCOUNT)

    assert page.status_code == 403
    assert "Ada" not in page.content.decode()
    assert not is_signed_in(browser)
    assert not is_signed_in(move(browser, HOME))


def test_end_is_written_down_although_no_part_has_become_worse(ada: User) -> None:
    browser = signed_in(ada)
    move(browser, AWAY).get(ACCOUNT)
    before = last(ada)
    set_threshold("end_session", before.score)

    assert move(browser, FAR).get(ACCOUNT).status_code == 403
    assert last(ada).has_ended_session
    assert last(ada).score == before.score


def test_post_in_a_session_that_is_ended_does_nothing(ada: User) -> None:
    browser = signed_in(ada)
    other = signed_in(ada)
    set_threshold("end_session", 60)

    answer = move(browser, AWAY, CHROME).post("/accounts/sessions/")

    assert answer.status_code == 403
    assert is_signed_in(other)


def test_tokens_of_an_ended_session_end_with_it(at: At, ada: User) -> None:
    rp = at()
    tokens = rp.obtain_tokens(ada, scope=SCOPE)
    set_threshold("end_session", 60)
    move(rp.browser, AWAY, CHROME).get(ACCOUNT)

    assert rp.introspect(tokens["access_token"]).json() == {"active": False}


def test_end_is_an_act_in_the_history(ada: User) -> None:
    browser = signed_in(ada)
    set_threshold("end_session", 60)
    move(browser, AWAY, CHROME).get(ACCOUNT)

    act = Act.objects.select_related("personal").get(kind=Kind.SESSION_ENDED)
    assert (act.actor, act.personal.person_id) == ("system", ada.pk)
    assert act.detail["score"] == last(ada).score
    assert act.detail["parts"].split()[0] == "browser_changed"
    assert act.personal.address == AWAY


def test_what_ended_a_session_makes_nothing_familiar(ada: User) -> None:
    signed_in(ada)
    set_threshold("end_session", 30)

    statuses = {sign_in(browser_at(AWAY, CHROME), ada).status_code for _ in range(3)}

    assert statuses == {403}
    assert SignInRecord.objects.filter(is_trusted=True).count() == 1


def test_reauthentication_ends_a_session_too(ada: User) -> None:
    browser = signed_in(ada)
    SignInRecord.objects.all().delete()
    set_threshold("end_session", 1)

    assert reauthenticate(browser).status_code == 403
    assert not is_signed_in(browser)


def test_ended_session_leaves_no_browser_listed(ada: User) -> None:
    home = signed_in(ada)
    set_threshold("end_session", 60)
    move(signed_in(ada), AWAY, CHROME).get(ACCOUNT)

    home.get("/accounts/sessions/")

    assert UserSession.objects.count() == 1


def test_sign_in_says_that_it_is_doubted(doubted: RelyingParty) -> None:
    sign_in_behind = current_sign_in(doubted.browser.get(ACCOUNT).wsgi_request)

    assert sign_in_behind is not None
    assert sign_in_behind.is_doubted
