"""A stronger sign-in on the way to something: only what is missing, and of the same proofs."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from foundation.directory.factors.proofs import Proof, Strength, amr_of, strength_of
from foundation.directory.levels import acr_of
from foundation.directory.models import User
from foundation.directory.risk.context import Whereabouts
from foundation.directory.risk.scoring import Risk
from foundation.directory.risk.state import RiskState, write
from foundation.directory.sign_in import SignIn
from foundation.directory.step_up import StepUp, most
from idp.accounts.factors.ways import ways_to
from tests.accounts.factors.holding import CONFIRM, code_of, has_app, has_passkey, options_on
from tests.authenticator import SoftwarePasskey
from tests.factories import make_grant
from tests.jwt import payload_of
from tests.provider import Clock
from tests.relying_party import PASSWORD, RelyingParty, answer_of

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (1, 2, 3))
NOW = timezone.now().replace(microsecond=0)
MORNING = NOW - timedelta(hours=4)
PWD, OTP = Proof("password", NOW), Proof("totp", NOW)
KEY = Proof("webauthn", NOW, is_verified=True)
TOUCH = Proof("webauthn", NOW)


def at(moment: Any, proof: Proof) -> Proof:
    return replace(proof, at=moment)


def a_sign_in(*proofs: Proof, **values: Any) -> SignIn:
    acr, latest = acr_of(strength_of(proofs)), max(proof.at for proof in proofs)
    return SignIn(User(), latest, acr, amr_of(proofs), "sid", proofs=proofs, **values)


def essential(*values: str) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})


# --- the same proofs ------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9470", "5")
@pytest.mark.parametrize(
    ("proofs", "wanted", "met"),
    [
        ([PWD], StepUp(), True),
        ([PWD], StepUp(TWO), False),
        ([PWD, OTP], StepUp(TWO), True),
        ([PWD, OTP], StepUp(THREE), False),
        ([PWD, OTP], StepUp("urn:example:unheard-of"), False),
        # Each is so, but not of the same proofs.
        ([at(MORNING, KEY), PWD], StepUp(THREE, NOW), False),
        ([at(MORNING, OTP), PWD], StepUp(TWO, NOW), False),
        ([at(MORNING, PWD), OTP], StepUp(TWO, NOW), False),
        ([at(MORNING, PWD), KEY], StepUp(THREE, NOW), True),
        ([at(MORNING, PWD)], StepUp("", NOW), False),
        ([at(MORNING, KEY), PWD], StepUp("", NOW), True),
    ],
)
def test_level_and_youth_are_of_the_same_proofs(
    proofs: list[Proof], wanted: StepUp, met: bool
) -> None:
    assert wanted.is_met_by(a_sign_in(*proofs)) is met


@pytest.mark.spec("OIDC Core", "2")
def test_auth_time_is_when_the_level_was_proved_whole() -> None:
    assert a_sign_in(at(MORNING, KEY), PWD).proved_at == MORNING
    assert a_sign_in(at(MORNING, PWD), OTP).proved_at == MORNING
    assert a_sign_in(at(MORNING, PWD), PWD).proved_at == NOW
    assert a_sign_in(at(MORNING, PWD), KEY).proved_at == NOW


def test_what_is_enough_for_all_is_the_most_of_each() -> None:
    assert most([]) == StepUp()
    assert most([StepUp(TWO, MORNING), StepUp(ONE, NOW), StepUp()]) == StepUp(TWO, NOW)
    assert most([StepUp(THREE), StepUp("urn:example:unheard-of")]).level == "urn:example:unheard-of"


# --- what is offered ------------------------------------------------------------------------------

APP = SimpleNamespace(is_passkey=False, answers=False, strength=Strength.TWO_FACTORS)
VERIFYING = SimpleNamespace(is_passkey=True, answers=True, strength=Strength.PHISHING_RESISTANT)
TOUCHED = SimpleNamespace(is_passkey=True, answers=True, strength=Strength.TWO_FACTORS)


@pytest.mark.spec("RFC 9470", "5")
@pytest.mark.parametrize(
    ("wanted", "factors", "proved", "offered"),
    [
        (2, [APP], [PWD], "code"),
        (2, [APP], [], "password code"),
        (2, [APP], [OTP], "password"),
        (2, [APP, VERIFYING], [PWD], "code passkey"),
        (2, [TOUCHED], [TOUCH], "password"),
        (2, [], [PWD], ""),
        (2, [], [], ""),
        (3, [APP], [PWD], ""),
        (3, [APP, TOUCHED], [PWD, OTP], ""),
        (3, [APP, VERIFYING], [PWD], "passkey"),
        (3, [VERIFYING], [KEY], "password passkey"),
        (1, [APP], [PWD], "password code"),
        (1, [], [], "password"),
    ],
)
def test_only_what_is_missing_is_offered(
    wanted: int, factors: list[Any], proved: list[Proof], offered: str
) -> None:
    ways = ways_to(Strength(wanted), tuple(factors), has_password=True, proved=tuple(proved))

    found = [name for name in ("password", "code", "passkey") if getattr(ways, name)]
    assert found == offered.split()


# --- all the way ----------------------------------------------------------------------------------


def by_password(rp: RelyingParty, page: Any) -> Any:
    return rp.submit(rp.follow(page), having="password", password=PASSWORD)


def by_code(rp: RelyingParty, page: Any, secret: str) -> Any:
    return rp.submit(rp.follow(page), having="code", code=code_of(secret))


def by_passkey(rp: RelyingParty, page: Any, key: SoftwarePasskey) -> Any:
    page = rp.follow(page)
    return rp.submit(page, having="answer", answer=json.dumps(key.get(options_on(page))))


def told(rp: RelyingParty, answer: Any) -> dict[str, Any]:
    return payload_of(rp.exchange(answer_of(answer)["code"]).json()["id_token"])


def asks_for(page: Any) -> set[str]:
    html = page.content.decode()
    return {name for name in ("password", "code", "answer") if f'name="{name}"' in html}


@pytest.mark.spec("RFC 9470", "5")
def test_only_the_missing_factor_is_asked_and_the_token_has_the_level(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person)
    key = has_passkey(person)

    page = rp.follow(rp.authorize(acr_values=THREE))
    assert asks_for(page) == {"answer"}

    payload = told(rp, by_passkey(rp, page, key))
    assert payload["acr"] == THREE
    assert set(payload["amr"]) == {"hwk", "mfa", "pwd", "user"}


@pytest.mark.spec("RFC 9470", "5")
@pytest.mark.parametrize("asked", [{"acr_values": THREE}, {"claims": essential(THREE)}])
def test_weaker_proof_gives_no_code_however_often(
    rp: RelyingParty, person: User, asked: dict[str, str]
) -> None:
    rp.obtain_tokens(person)
    key = has_passkey(person)
    key.verifies = False
    page = rp.follow(rp.authorize(**asked))

    for _ in range(3):
        page = by_passkey(rp, page, key)
        assert asks_for(page) == {"answer"}, "a touch is no PIN"


@pytest.mark.spec("OIDC Core", "5.5.1.1")
def test_factor_added_on_the_way_is_asked_for_once(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)
    page = rp.follow(rp.authorize(claims=essential(TWO)))
    assert not asks_for(page)

    # Whoever adds one has confirmed it before, and comes back.
    page = rp.follow(rp.browser.get(f"/accounts/security/app/?{page.request['QUERY_STRING']}"))
    if "password" in asks_for(page):
        page = by_password(rp, page)
    secret = "".join(rp.browser.session["new_app"])
    page = rp.submit(page, having="code", code=code_of(secret, step=-1))
    back = re.search(r"/authorize/resume/[0-9a-f-]{36}/", page.content.decode())
    assert back, page.content.decode()

    page = rp.follow(rp.browser.get(back[0]))
    assert asks_for(page) == {"code"}
    assert told(rp, by_code(rp, page, secret))["acr"] == TWO


@pytest.mark.spec("OIDC Core", "5.5.1.1")
def test_stronger_sign_in_tells_of_the_level_that_was_asked_for(
    rp: RelyingParty, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundation.directory.sign_in.strength_of", lambda proofs: Strength(3))

    tokens = rp.obtain_tokens(person, claims=essential(TWO))

    assert payload_of(tokens["id_token"])["acr"] == TWO


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("RFC 9470", "5")
def test_password_of_just_now_does_not_make_an_old_code_young(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    rp.obtain_tokens(person)
    secret = has_app(person)
    assert told(rp, by_code(rp, rp.authorize(acr_values=TWO), secret))["acr"] == TWO
    clock.advance(seconds=600)

    page = rp.follow(rp.authorize(max_age="60", claims=essential(TWO)))
    assert asks_for(page) == {"password", "code"}
    page = by_password(rp, page)

    assert asks_for(page) == {"code"}
    assert told(rp, by_code(rp, page, secret))["acr"] == TWO


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_young_sign_in_by_the_password_does_not_tell_of_the_old_code(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    rp.obtain_tokens(person)
    secret = has_app(person)
    by_code(rp, rp.authorize(acr_values=TWO), secret)
    clock.advance(seconds=600)

    payload = told(rp, by_password(rp, rp.authorize(max_age="60")))

    assert (payload["acr"], payload["amr"]) == (ONE, ["pwd"])


@pytest.mark.parametrize(
    "query",
    [
        "level=urn:example:unheard-of",
        "since=-1",
        "since=9999999999",
        "since=٣",
        "since=1e9",
    ],
)
def test_forged_address_of_the_page_only_offers_less(
    rp: RelyingParty, person: User, query: str
) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])
    rp.sign_in(person)

    page = rp.browser.get(f"{CONFIRM}?{query}")
    assert asks_for(page) == {"password"}
    by_password(rp, page)

    answer = rp.authorize(claims=essential(TWO), prompt="none")
    assert "code" not in answer_of(answer)


# --- doubt ----------------------------------------------------------------------------------------


def doubt(rp: RelyingParty, **values: Any) -> None:
    session = rp.browser.session
    place = session["risk"]["confirmed"]
    known = tuple(Whereabouts(*one) for one in place)
    write(session, RiskState(Risk(), known, **{"demanded_acr": ONE, **values}))
    session.save()


@pytest.mark.parametrize("path", ["passkey", "app", "codes"])
def test_who_knows_the_password_adds_no_factor_from_elsewhere(
    rp: RelyingParty, person: User, path: str
) -> None:
    """Neither in doubt, nor once the same password has confirmed it."""
    address = f"/accounts/security/{path}/"
    rp.sign_in(person)
    by_password(rp, rp.browser.get(CONFIRM))
    doubt(rp)
    assert rp.browser.get(address)["Location"].startswith(CONFIRM)

    doubt(rp, is_confirmed=True)

    assert rp.browser.get(address)["Location"] == "/accounts/security/"
    assert not Authenticator.objects.exists()


@pytest.mark.spec("Unmet Authentication Requirements", "2")
def test_nobody_is_led_to_add_a_factor_in_a_session_that_was_doubted(
    rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)
    doubt(rp, is_confirmed=True)

    answer = answer_of(rp.authorize(claims=essential(TWO)))

    assert answer["error"] == "unmet_authentication_requirements"
    page = rp.browser.get(f"{CONFIRM}?level={TWO}").content.decode()
    assert "/accounts/security/app/" not in page
    assert "You cannot add it here." in page


def test_password_does_not_confirm_a_stolen_session_that_was_strong() -> None:
    """What the cookie had proved is what the thief took."""
    sign_in = a_sign_in(at(MORNING, KEY), PWD)
    moved = RiskState(Risk(), (), demanded_acr=THREE, doubted_at=NOW, is_confirmed=True)

    assert sign_in.acr == THREE
    assert moved.is_doubted(sign_in.acr_since(NOW))
    assert not moved.is_doubted(a_sign_in(at(MORNING, PWD), KEY).acr_since(NOW))
