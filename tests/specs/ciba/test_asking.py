"""The backchannel authentication endpoint: what is taken, and what is refused by its name."""

import json
from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import User
from idp.backchannel import limits
from idp.models import BackchannelRequest
from tests.assertions import assert_oauth_error
from tests.factories import make_relying_party
from tests.relying_party import FORM
from tests.specs.ciba.asking import CIBA, PATH, Asker, newest
from tests.specs.ciba.conftest import make_asker

TOKEN = "a-notification-token-0123456789"


@pytest.fixture
def writer(_provider: None) -> Asker:
    """A client that may write messages in its own words."""
    party = make_asker()
    party.client.may_write_freely = True
    party.client.save()
    return party


@pytest.mark.spec("CIBA Core", "7.3", module="fapi-ciba-id1")
def test_acknowledgement_says_how_long_and_how_often(asker: Asker, person: User) -> None:
    response = asker.ask()

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json().keys() == {"auth_req_id", "expires_in", "interval"}
    assert (response.json()["expires_in"], response.json()["interval"]) == (600, 5)


@pytest.mark.spec("CIBA Core", "4", module="fapi-ciba-id1-discovery-end-point-verification")
def test_metadata_says_what_is_supported(asker: Asker) -> None:
    metadata = Browser().get("/.well-known/openid-configuration").json()

    assert metadata["backchannel_authentication_endpoint"].endswith(PATH)
    assert metadata["backchannel_token_delivery_modes_supported"] == ["poll", "ping"]
    assert metadata["backchannel_user_code_parameter_supported"] is False
    assert CIBA in metadata["grant_types_supported"]


@pytest.mark.parametrize("hint", ["ada", "ada@example.org", "ADA@example.org"])
@pytest.mark.spec("CIBA Core", "7.1")
def test_login_hint_is_a_name_or_a_confirmed_address(asker: Asker, person: User, hint: str) -> None:
    asker.asked(login_hint=hint)

    assert newest().user == person


@pytest.mark.spec("CIBA Core", "7.2")
def test_login_hint_may_be_a_subject(asker: Asker, person: User) -> None:
    asker.asked(login_hint=person.subject)

    assert newest().user == person


@pytest.mark.spec("CIBA Core", "7.1")
def test_id_token_of_the_client_is_a_hint(asker: Asker, person: User) -> None:
    id_token = asker.obtain_tokens(person, scope="openid")["id_token"]

    asker.asked(login_hint=None, id_token_hint=id_token)

    assert newest().user == person


@pytest.mark.spec("CIBA Core", "7.2")
def test_id_token_of_another_client_is_none(asker: Asker, other_asker: Asker, person: User) -> None:
    id_token = other_asker.obtain_tokens(person, scope="openid")["id_token"]

    assert_oauth_error(asker.ask(login_hint=None, id_token_hint=id_token), "invalid_request")


@pytest.mark.spec("CIBA Core", "13")
@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"login_hint": None}, "invalid_request"),
        ({"login_hint_token": "x"}, "invalid_request"),
        ({"login_hint": None, "login_hint_token": "x"}, "invalid_request"),
        ({"login_hint": None, "id_token_hint": "x"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid unregistered:scope"}, ""),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"authorization_details": "[{}]"}, "invalid_authorization_details"),
        ({"authorization_details": "{"}, "invalid_authorization_details"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://x.example"}, "request_uri_not_supported"),
        ({"acr_values": "a\nb"}, "invalid_request"),
        ({"login_hint": "x" * 9000}, "invalid_request"),
        ({"requested_expiry": "0"}, "invalid_request"),
        ({"requested_expiry": "-5"}, "invalid_request"),
        ({"requested_expiry": "1e3"}, "invalid_request"),
        ({"requested_expiry": "\u0663"}, "invalid_request"),
        ({"requested_expiry": "9" * 40}, "invalid_request"),
        ({"requested_expiry": ["60", "60"]}, "invalid_request"),
        ({"login_hint": "nobody"}, "unknown_user_id"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    asker: Asker, person: User, parameters: dict[str, Any], error: str
) -> None:
    response = asker.ask(**parameters)

    if error:
        assert_oauth_error(response, error)
        assert not BackchannelRequest.objects.exists()
    else:
        assert response.status_code == 200


@pytest.mark.spec(
    "CIBA Core",
    "7.1",
    module="fapi-ciba-id1-ensure-authorization-request-with-multiple-hints-fails",
)
def test_two_hints_are_refused(asker: Asker, person: User) -> None:
    id_token = asker.obtain_tokens(person, scope="openid")["id_token"]

    assert_oauth_error(asker.ask(id_token_hint=id_token), "invalid_request")


@pytest.mark.spec("CIBA Core", "7.1", module="fapi-ciba-id1-ensure-other-scope-order-succeeds")
def test_scopes_may_come_in_any_order(asker: Asker, person: User) -> None:
    assert asker.ask(scope="profile openid").status_code == 200


@pytest.mark.spec(
    "CIBA Core", "7.1", module="fapi-ciba-id1-ensure-requested-expiry-as-string-succeeds"
)
def test_requested_expiry_is_kept_to_within_our_limits(asker: Asker, person: User) -> None:
    assert asker.ask(requested_expiry="1").json()["expires_in"] == 60
    assert asker.ask(requested_expiry="90").json()["expires_in"] == 90
    assert asker.ask(requested_expiry="99999999").json()["expires_in"] == 86400


@pytest.mark.spec(
    "CIBA Core",
    "7.1",
    module=(
        "fapi-ciba-id1-ensure-authorization-request-with-binding-message-succeeds",
        "fapi-ciba-id1-ensure-authorization-request-with-potentially-bad-binding-message",
    ),
)
@pytest.mark.parametrize("message", ["1234", "W4-SCT", "0123456789-Z"])
def test_binding_message_is_a_code(asker: Asker, person: User, message: str) -> None:
    assert asker.ask(binding_message=message).status_code == 200


@pytest.mark.spec("CIBA Core", "13")
@pytest.mark.parametrize("message", ["123", "0123456789ABC", "w4sct", "W4 SCT", "Transfer", "Ä123"])
def test_binding_message_that_is_no_code_is_refused(
    asker: Asker, person: User, message: str
) -> None:
    assert_oauth_error(asker.ask(binding_message=message), "invalid_binding_message")


@pytest.mark.spec("CIBA Core", "7.1")
@pytest.mark.parametrize("message", ["1234", "Überweisung 12,50 €", "品川", "x" * 64, "at 10:30"])
def test_who_may_write_freely_may_send_plain_signs(
    writer: Asker, person: User, message: str
) -> None:
    assert writer.ask(binding_message=message).status_code == 200


@pytest.mark.spec("CIBA Core", "13")
@pytest.mark.parametrize(
    "message",
    [
        "x" * 65,
        "a\u202eb",  # right-to-left override
        "a\u2066b",  # isolate
        "a\u200bb",  # zero width
        "a\u00a0b",  # a space that is none
        "a  b",
        " a",
        "a\nb",
        "e\u0301",  # combining, not composed
        "a\u0336b",
        "\U0001f44d",
        "\ufeffa",
        "<b>\x07",
        "\u3164\u3164\u3164\u3164",  # a letter that is not drawn
        "a\u115fb",
        "Reset at https://evil.example/login",
        "evil.example",
        "call WWW.evil",
        "evil\u3002example",
        "evil\uff0eexample",
        "evil\u2024example",
        "ftp://x",
        "ada@evil",
        "p\u0430yments",  # one Cyrillic letter
    ],
)
def test_free_text_that_could_mislead_or_lead_away_is_refused(
    writer: Asker, person: User, message: str
) -> None:
    assert_oauth_error(writer.ask(binding_message=message), "invalid_binding_message")


def test_markup_in_a_binding_message_is_text(writer: Asker, person: User) -> None:
    writer.asked(binding_message="<b>1</b>")

    assert "&lt;b&gt;1&lt;/b&gt;" in writer.visit(person).content.decode()


@pytest.mark.spec(
    "CIBA Core",
    "7.2",
    module="fapi-ciba-id1-ensure-without-client-assertion-in-backchannel-authorization-request",
)
def test_request_without_the_secret_is_refused(asker: Asker, person: User) -> None:
    form = {"client_id": asker.client.client_id, "scope": "openid", "login_hint": "ada"}

    assert_oauth_error(asker.post(PATH, form, authorization=""), "invalid_client", status=401)


@pytest.mark.spec("CIBA Core", "7.1")
def test_client_that_is_not_registered_for_it_learns_nothing(person: User) -> None:
    form = {"scope": "openid", "login_hint": "nobody"}

    assert_oauth_error(make_relying_party().post(PATH, form), "unauthorized_client")


@pytest.mark.spec("CIBA Core", "7.1")
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_asks(method: str) -> None:
    assert getattr(Browser(), method)(PATH).status_code == 405


@pytest.mark.spec("CIBA Core", "7.1")
def test_parameters_in_the_address_are_refused(asker: Asker, person: User) -> None:
    response = asker.post(f"{PATH}?scope=openid", {"login_hint": "ada"})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("CIBA Core", "7.1")
def test_json_is_refused(asker: Asker) -> None:
    response = Browser().post(PATH, json.dumps({}), content_type="application/json")

    assert_oauth_error(response, "invalid_request")


def test_too_large_a_request_is_refused(asker: Asker) -> None:
    response = Browser().post(PATH, "a=" + "x" * 200_000, content_type=FORM)

    assert_oauth_error(response, "invalid_request", status=413)


# Whom it means ------------------------------------------------------------------------------


@pytest.mark.spec("CIBA Core", "13")
@pytest.mark.parametrize("column", ["is_active", "ends_at"])
def test_inactive_person_is_nobody(asker: Asker, person: User, column: str) -> None:
    User.objects.update(**{column: False if column == "is_active" else timezone.now()})

    assert_oauth_error(asker.ask(), "unknown_user_id")


def test_address_that_was_never_confirmed_means_nobody(asker: Asker, person: User) -> None:
    EmailAddress.objects.update(verified=False)

    assert_oauth_error(asker.ask(login_hint="ada@example.org"), "unknown_user_id")


@pytest.mark.spec("CIBA Core", "14")
def test_trying_out_names_ends_soon_for_known_names_too(
    asker: Asker, other_asker: Asker, person: User
) -> None:
    for number in range(limits.UNKNOWN_HINTS):
        assert_oauth_error(asker.ask(login_hint=f"nobody-{number}"), "unknown_user_id")

    assert_oauth_error(asker.ask(login_hint="nobody"), "temporarily_unavailable", status=429)
    assert_oauth_error(asker.ask(), "temporarily_unavailable", status=429)
    assert other_asker.ask().status_code == 200


def test_limit_on_trying_out_names_can_be_lifted_in_development(
    asker: Asker, person: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNKNOWN_HINTS", 1)
    settings.SCOPEWARD = replace(settings.SCOPEWARD, rate_limits=False)
    asker.ask(login_hint="nobody")

    assert asker.ask().status_code == 200


# Ping ---------------------------------------------------------------------------------------


@pytest.mark.spec("CIBA Core", "7.1")
@pytest.mark.parametrize("token", [None, "short", "with space " * 4, "x" * 1025, "é" * 30])
def test_ping_needs_a_notification_token_that_can_be_a_bearer_token(
    person: User, token: str | None
) -> None:
    pinged = make_asker(
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint="https://rp.example/ping",
    )

    assert_oauth_error(pinged.ask(client_notification_token=token), "invalid_request")
    assert pinged.ask(client_notification_token=TOKEN).status_code == 200


def test_notification_token_is_not_stored_in_clear(person: User) -> None:
    pinged = make_asker(
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint="https://rp.example/ping",
    )
    auth_req_id = pinged.asked(client_notification_token=TOKEN)

    stored = str(BackchannelRequest.objects.values())

    assert TOKEN not in stored
    assert auth_req_id not in stored
