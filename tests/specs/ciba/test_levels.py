"""How strongly somebody has signed in who answers without the browser that asked."""

from typing import Any

import pytest

from foundation.directory.models import Client, User
from idp.models import BackchannelRequest
from tests.accounts.factors.holding import code_of, has_app
from tests.jwt import payload_of
from tests.specs.ciba.asking import Asker, newest

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (1, 2, 3))


def come(asker: Asker, person: User) -> Any:
    """Come by the link, signed in with the password."""
    return asker.sign_in_and_open(person, newest().get_absolute_url())


def keep_to(client: Client, level: str) -> None:
    row = Client.objects.get(pk=client.pk)
    row.minimum_acr = level
    row.save()


def level_told(asker: Asker, auth_req_id: str) -> str:
    return str(payload_of(asker.poll(auth_req_id).json()["id_token"])["acr"])


@pytest.mark.spec("CIBA Core", "7.1")
@pytest.mark.parametrize("kept_to", ["", TWO], ids=["wished", "kept to"])
def test_factor_is_asked_for_and_the_token_has_the_level(
    asker: Asker, person: User, kept_to: str
) -> None:
    asker.sign_in(person)
    secret = has_app(person)
    keep_to(asker.client, kept_to)
    auth_req_id = asker.asked(**{} if kept_to else {"acr_values": f"{THREE} {TWO}"})
    response = asker.browser.get(newest().get_absolute_url())

    assert "level=" + TWO.replace(":", "%3A") in response["Location"]
    assert BackchannelRequest.objects.get().auth_time is None
    page = asker.submit(asker.follow(response), having="code", code=code_of(secret))
    asker.decide(asker.follow(page))

    assert level_told(asker, auth_req_id) == TWO


@pytest.mark.spec("CIBA Core", "7.1")
@pytest.mark.parametrize("wished", [TWO, f"{THREE} {TWO}", "urn:example:gold"])
def test_wish_out_of_reach_bothers_nobody(asker: Asker, person: User, wished: str) -> None:
    auth_req_id = asker.asked(acr_values=wished)

    asker.answer(person)

    assert level_told(asker, auth_req_id) == ONE


@pytest.mark.parametrize("level", [TWO, "urn:example:gone"])
def test_weak_sign_in_answers_nothing_for_an_application_that_is_kept_to_more(
    asker: Asker, person: User, level: str
) -> None:
    keep_to(asker.client, level)
    auth_req_id = asker.asked()

    page = asker.follow(come(asker, person))

    assert page.request["PATH_INFO"] == "/accounts/reauthenticate/"
    assert BackchannelRequest.objects.get().auth_time is None
    assert asker.poll(auth_req_id).json()["error"] == "authorization_pending"


def test_answer_that_was_given_is_no_good_once_more_is_wanted(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)
    keep_to(asker.client, TWO)

    assert "error" in asker.poll(auth_req_id).json()
