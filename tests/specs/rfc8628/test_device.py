"""The device flow: codes that nobody guesses, and a yes only from who has the device."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from claims.catalogue.details.defaults import QUERY
from claims.catalogue.models import AuthorizationDetailsType
from foundation.directory.models import User
from idp.device.codes import ALPHABET, in_groups, new_code, read_code
from idp.device.services import WRONG_CODES, claim, find_by_code
from idp.models import BackchannelRequest
from tests.approvals.asking import a_query
from tests.assertions import assert_oauth_error
from tests.client_keys import client_key
from tests.dpop import proof
from tests.factories import WAREHOUSE, make_person, make_relying_party, make_resource_server
from tests.jwt import payload_of
from tests.relying_party import EVERYTHING, RelyingParty, new_browser

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
PATH = "/device-authorization"


class Device(RelyingParty):
    """A program without a browser; its `browser` is the person's."""

    def ask(self, **parameters: Any) -> HttpResponse:
        return self.post(PATH, {"scope": "openid profile", **parameters})

    def asked(self, **parameters: Any) -> dict[str, Any]:
        response = self.ask(**parameters)
        assert response.status_code == 200, response.content
        return dict(response.json())

    def poll(self, codes: dict[str, Any], **more: Any) -> HttpResponse:
        form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
        return self.post("/token", form, **more)

    def type_in(self, code: str, **more: Any) -> HttpResponse:
        response: HttpResponse = self.browser.get("/device")
        return self.submit(response, having="user_code", user_code=code, **more)

    def allow(
        self, person: User, codes: dict[str, Any], *, allow: Any = EVERYTHING
    ) -> HttpResponse:
        self.sign_in(person)
        confirming = self.type_in(codes["user_code"])
        return self.decide(self.submit(confirming, having="answer", answer="continue"), allow=allow)


def make_device(**metadata: Any) -> Device:
    values = {
        "client_name": "Television",
        "grant_types": (DEVICE_CODE, "refresh_token"),
        "redirect_uris": (),
        "token_endpoint_auth_method": "none",
    }
    party = make_relying_party(**{**values, **metadata})
    return Device(party.client, party.secret)


@pytest.fixture
def device(provider: None) -> Device:
    return make_device()


@pytest.mark.spec("RFC 8628", "3.2")
def test_device_gets_two_codes_and_an_address(device: Device) -> None:
    said = device.asked()

    assert said["verification_uri"] == "http://localhost:8000/device"
    assert said["verification_uri_complete"].endswith(f"?user_code={said['user_code']}")
    assert (said["expires_in"], said["interval"]) == (600, 5)
    stored = BackchannelRequest.objects.get()
    assert said["device_code"] not in str(stored.__dict__)
    assert said["user_code"].replace("-", "") not in str(stored.__dict__)


@pytest.mark.spec("RFC 8628", "3.4")
def test_somebody_types_the_code_and_the_device_is_signed_in(device: Device, person: User) -> None:
    codes = device.asked()
    assert_oauth_error(device.poll(codes), "authorization_pending")

    page = device.allow(person, codes)

    assert "Television" in page.content.decode()
    tokens = device.poll(codes).json()
    assert payload_of(tokens["access_token"])["sub"] == str(person.pk)
    assert payload_of(tokens["id_token"])["aud"] == device.client.client_id
    assert_oauth_error(device.poll(codes), "invalid_grant")


@pytest.mark.spec("RFC 8628", "3.5")
def test_a_refusal_is_told(device: Device, person: User) -> None:
    codes = device.asked()

    device.allow(person, codes, allow=())

    assert_oauth_error(device.poll(codes), "access_denied")


@pytest.mark.spec("RFC 8628", "3.4")
def test_only_what_was_allowed_is_given(device: Device, person: User) -> None:
    codes = device.asked(scope="openid profile email")

    device.allow(person, codes, allow=("profile",))

    assert "email" not in device.poll(codes).json()["scope"].split()


@pytest.mark.spec("RFC 8628", "3.5")
def test_who_polls_too_fast_is_slowed_down(device: Device) -> None:
    codes = device.asked()

    assert_oauth_error(device.poll(codes), "authorization_pending")
    assert_oauth_error(device.poll(codes), "slow_down")


@pytest.mark.spec("RFC 8628", "3.5")
def test_codes_end(device: Device, person: User) -> None:
    codes = device.asked()
    device.sign_in(person)

    with time_machine.travel(timezone.now() + timedelta(seconds=601)):
        assert_oauth_error(device.poll(codes), "expired_token")
        assert b"No device waits" in device.type_in(codes["user_code"]).content


@pytest.mark.spec("RFC 8628", "3.4")
def test_a_device_code_is_the_clients_alone(device: Device) -> None:
    other = make_device(client_name="Other")

    assert_oauth_error(other.poll(device.asked()), "invalid_grant")


@pytest.mark.spec("RFC 8628", "3.4")
@pytest.mark.parametrize("code", ["", "short", "x" * 43])
def test_a_device_code_that_is_none_is_refused(device: Device, code: str) -> None:
    wanted = "invalid_grant" if code else "invalid_request"

    assert_oauth_error(device.poll({"device_code": code}), wanted)


@pytest.mark.spec("RFC 8628", "3.1")
def test_a_client_that_is_not_registered_for_it_is_refused(provider: None) -> None:
    party = make_relying_party()

    response = party.post(PATH, {"scope": "openid"})

    assert_oauth_error(response, "unauthorized_client")


@pytest.mark.spec("RFC 8628", "3.1")
@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": "nothing-known"}, "invalid_scope"),
        ({"resource": "https://nowhere.example"}, "invalid_target"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"authorization_details": "{}"}, "invalid_authorization_details"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_is_refused(
    device: Device, sent: dict[str, Any], error: str
) -> None:
    assert_oauth_error(device.ask(**sent), error)
    assert not BackchannelRequest.objects.exists()


@pytest.mark.spec("RFC 8628", "3.1")
def test_a_confidential_device_proves_itself(provider: None) -> None:
    device = make_device(token_endpoint_auth_method="client_secret_basic")

    assert device.ask().status_code == 200
    response = device.post(PATH, {"scope": "openid"}, authorization="Basic YTpi")
    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 9396", "5")
def test_what_was_switched_off_since_is_not_asked(provider: None, person: User) -> None:
    make_resource_server()
    device = make_device(resources=(WAREHOUSE,), authorization_details_types=(QUERY,))
    codes = device.asked(scope="openid", authorization_details=json.dumps([a_query()]))
    device.sign_in(person)
    confirming = device.type_in(codes["user_code"])
    AuthorizationDetailsType.objects.get(type=QUERY).delete()

    page = device.submit(confirming, having="answer", answer="continue")

    assert b"No device waits" in page.content
    assert BackchannelRequest.objects.get().user_id is None


# The page ----------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8628", "3.3")
def test_nobody_types_a_code_without_signing_in(device: Device) -> None:
    codes = device.asked()

    response = new_browser().get(f"/device?user_code={codes['user_code']}")

    assert response["Location"].startswith("/accounts/login/")
    assert codes["user_code"] in response["Location"]


@pytest.mark.spec("RFC 8628", "3.3.1")
def test_a_link_with_the_code_takes_nothing_on_by_itself(device: Device, person: User) -> None:
    codes = device.asked()
    device.sign_in(person)

    page = device.browser.get(f"/device?user_code={codes['user_code']}").content.decode()

    assert codes["user_code"] in page
    assert "Is this code on a device in front of you?" in page
    assert BackchannelRequest.objects.get().user_id is None
    device.browser.get(f"/device?user_code={codes['user_code']}&answer=continue")
    assert BackchannelRequest.objects.get().user_id is None


@pytest.mark.spec("RFC 8628", "5.1")
def test_codes_cannot_be_tried_out(device: Device, person: User, settings: Any) -> None:
    codes = device.asked()
    device.sign_in(person)

    for _ in range(WRONG_CODES):
        assert b"No device waits" in device.type_in("BBBB-BBBB").content
    refused = device.type_in(codes["user_code"])

    assert refused.status_code == 429
    assert BackchannelRequest.objects.get().user_id is None


@pytest.mark.spec("RFC 8628", "3.3")
def test_a_code_is_one_persons(device: Device, person: User) -> None:
    codes = device.asked()
    device.allow(person, codes)
    other = make_device(client_name="Other")
    other.sign_in(make_person(username="grace"))

    assert b"No device waits" in other.type_in(codes["user_code"]).content
    assert BackchannelRequest.objects.get().user_id == person.pk


@pytest.mark.spec("RFC 8628", "3.3")
def test_of_two_who_type_a_code_at_once_one_takes_it_on(device: Device, person: User) -> None:
    codes, other = device.asked(), make_person(username="grace")
    both = [(each, find_by_code(codes["user_code"], each)) for each in (person, other)]

    taken = [found and claim(found, each, code=codes["user_code"]) for each, found in both]

    assert taken == [True, False]
    assert BackchannelRequest.objects.get().user_id == person.pk


@pytest.mark.spec("RFC 8628", "3.3")
def test_a_page_is_not_answered_from_elsewhere(device: Device, person: User) -> None:
    codes = device.asked()
    device.sign_in(person)
    form = {"user_code": codes["user_code"], "answer": "continue"}

    assert device.browser.post("/device", form).status_code == 403
    assert BackchannelRequest.objects.get().user_id is None


@pytest.mark.spec("RFC 8628", "6.1")
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("BCDF-GHJK", "BCDFGHJK"), ("bcdfghjk", "BCDFGHJK"), (" bcdf ghjk ", "BCDFGHJK"),
        ("b.c.d.f.g.h.j.k", "BCDFGHJK"), ("BCDF-GHJ", ""), ("BCDF-GHJKL", ""), ("ACDF-GHJK", ""),
        ("BCDF-GHJ1", ""), ("", ""), ("--------", ""), ("BCDFGHJ\u212a", ""),
    ],
)  # fmt: skip
def test_a_code_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert read_code(typed) == read


@pytest.mark.spec("RFC 8628", "6.1")
def test_codes_are_long_enough_not_to_be_guessed() -> None:
    codes = {new_code() for _ in range(500)}

    assert len(codes) == 500
    assert {sign for code in codes for sign in code} == set(ALPHABET)
    assert all(read_code(in_groups(code)) == code for code in codes)


@pytest.mark.spec("RFC 9449", "5")
def test_a_devices_tokens_can_be_bound_to_its_key(device: Device, person: User) -> None:
    codes = device.asked(scope="openid profile offline_access")
    device.allow(person, codes)

    tokens = device.poll(codes, HTTP_DPOP=proof("/token")).json()

    assert tokens["token_type"] == "DPoP"
    assert payload_of(tokens["access_token"])["cnf"] == {"jkt": client_key().thumbprint()}
    assert_oauth_error(device.refresh(tokens["refresh_token"]), "invalid_grant")
