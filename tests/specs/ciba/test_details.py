"""Authorization details without a browser: for a person, and for a client of itself."""

from typing import Any

import pytest

from claims.catalogue.details.catalogue import install_defaults
from claims.catalogue.details.defaults import QUERY
from consent.approvals.models import Approval, Approvers, VoteOutcome
from foundation.directory.models import Client, User
from idp.models import BackchannelRequest
from tests.approvals.asking import make_rule, say
from tests.assertions import assert_inactive, assert_oauth_error
from tests.factories import WAREHOUSE, make_resource_server
from tests.jwt import verified
from tests.provider import Clock
from tests.relying_party import RelyingParty
from tests.specs.ciba.asking import CIBA, PATH, Asker
from tests.specs.ciba.conftest import make_asker
from tests.specs.rfc9396.asking import asking, query


@pytest.fixture
def warehouse(_provider: None) -> RelyingParty:
    install_defaults()
    return RelyingParty(*make_resource_server(scopes=["query"]))


@pytest.fixture
def desk(warehouse: RelyingParty) -> Asker:
    return make_asker(
        resources=(WAREHOUSE,),
        scope="openid profile query",
        authorization_details_types=(QUERY,),
    )


@pytest.fixture
def service(warehouse: RelyingParty) -> Asker:
    """A program that nobody uses: it asks for itself."""
    return make_asker(
        client_name="Nightly report",
        grant_types=("client_credentials", CIBA),
        redirect_uris=(),
        scope="",
        resources=(WAREHOUSE,),
        authorization_details_types=(QUERY,),
        may_ask_for_itself=True,
    )


def lodge(service: Asker, *details: Any, **parameters: Any) -> str:
    return service.asked(
        scope=None, login_hint=None, authorization_details=asking(*details), **parameters
    )


# A person ---------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "2")
def test_approved_detail_is_in_the_token_once(
    desk: Asker, warehouse: RelyingParty, person: User
) -> None:
    auth_req_id = desk.asked(scope="openid", authorization_details=asking(query()))
    desk.answer(person)

    tokens = desk.poll(auth_req_id).json()

    payload = verified(tokens["access_token"])
    [detail] = payload["authorization_details"]
    approval = Approval.objects.get()
    assert detail["approval_id"] == str(approval.pk)
    assert (payload["aud"], payload["sub"]) == (WAREHOUSE, person.subject)
    assert payload["exp"] - payload["iat"] == 60
    assert (approval.state, approval.jti) == ("minted", payload["jti"])
    assert warehouse.introspect(tokens["access_token"]).json()["active"] is True


def test_binding_message_is_the_code_of_the_approval(desk: Asker, person: User) -> None:
    desk.asked(authorization_details=asking(query()), binding_message="W4SCT")
    desk.answer(person)

    assert Approval.objects.get().binding_code == "W4SCT"


def test_client_waits_as_long_as_somebody_else_has_to_agree(
    desk: Asker, person: User, other_person: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = desk.asked(scope="openid", authorization_details=asking(query()))
    page = desk.answer(person)
    assert "Waiting for approval" in page.content.decode()
    assert_oauth_error(desk.poll(auth_req_id), "authorization_pending")

    say(Approval.objects.get(), other_person)

    detail = desk.poll(auth_req_id).json()["authorization_details"][0]
    assert detail["approvers"] == [other_person.subject]


def test_denied_detail_is_in_no_token(desk: Asker, person: User, other_person: User) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = desk.asked(scope="openid", authorization_details=asking(query()))
    desk.answer(person)

    say(Approval.objects.get(), other_person, VoteOutcome.DENY)

    assert "authorization_details" not in desk.poll(auth_req_id).json()


# A client of itself -----------------------------------------------------------------------------


def test_service_gets_a_token_of_its_own_when_an_approver_says_yes(
    service: Asker, warehouse: RelyingParty, other_person: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = lodge(service, query(), binding_message="NIGHTLY")
    assert_oauth_error(service.poll(auth_req_id), "authorization_pending")
    approval = Approval.objects.get()
    assert (approval.requester_id, approval.binding_code) == (None, "NIGHTLY")
    say(approval, other_person)

    response = service.poll(auth_req_id)

    assert response.status_code == 200, response.content
    tokens = response.json()
    payload = verified(tokens["access_token"])
    assert payload["sub"] == payload["client_id"] == service.client.client_id
    assert payload["authorization_details"][0]["approvers"] == [other_person.subject]
    assert not {"id_token", "refresh_token", "grant_id"} & tokens.keys()
    assert warehouse.introspect(tokens["access_token"]).json()["active"] is True
    assert_oauth_error(service.poll(auth_req_id), "invalid_grant")


def test_token_of_a_service_is_inactive_once_it_was_used(
    service: Asker, warehouse: RelyingParty, other_person: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = lodge(service, query())
    say(Approval.objects.get(), other_person)
    token = service.poll(auth_req_id).json()["access_token"]

    Approval.objects.update(state="consumed")

    assert_inactive(warehouse.introspect(token))


def test_no_ends_the_request_of_a_service(service: Asker, other_person: User) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = lodge(service, query())
    say(Approval.objects.get(), other_person, VoteOutcome.DENY)

    assert_oauth_error(service.poll(auth_req_id), "access_denied")


def test_service_without_a_rule_is_refused_and_nothing_is_kept(service: Asker) -> None:
    form = {"authorization_details": asking(query())}

    assert_oauth_error(service.post(PATH, form), "access_denied", status=403)
    assert not Approval.objects.exists()
    assert not BackchannelRequest.objects.exists()


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"scope": "openid", "authorization_details": asking(query())}, "invalid_scope"),
        ({"authorization_details": "[]"}, "invalid_request"),
    ],
)
def test_service_asks_for_details_and_for_nothing_else(
    service: Asker, other_person: User, form: dict[str, Any], error: str
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])

    assert_oauth_error(service.post(PATH, form), error)


def test_client_that_may_not_ask_for_itself_has_to_name_somebody(
    desk: Asker, other_person: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])

    response = desk.post(PATH, {"authorization_details": asking(query())})

    assert_oauth_error(response, "invalid_request")


def test_service_that_was_switched_off_gets_nothing(service: Asker, other_person: User) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = lodge(service, query())
    say(Approval.objects.get(), other_person)
    client = Client.objects.get(pk=service.client.pk)
    client.is_active = False
    client.save()

    assert_oauth_error(service.poll(auth_req_id), "invalid_client", status=401)


def test_request_of_a_service_runs_out(service: Asker, other_person: User, clock: Clock) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    auth_req_id = lodge(service, query(), requested_expiry="60")
    clock.advance(seconds=61)

    assert Approval.objects.get().has_run_out
    assert_oauth_error(service.poll(auth_req_id), "expired_token")
