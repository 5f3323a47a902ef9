"""Details in tokens: what was approved, for one audience, and never more."""

import json
from typing import Any

import pytest

from claims.catalogue.models import AuthorizationDetailsType
from claims.services import set_attributes
from consent.approvals.models import Approval, Approvers
from consent.approvals.use.ending import break_glass
from foundation.directory.models import Client, User
from tests.approvals.asking import CONTEXT, a_ballot, make_rule
from tests.assertions import assert_inactive, assert_oauth_error
from tests.factories import WAREHOUSE
from tests.jwt import verified
from tests.relying_party import RelyingParty, answer_of
from tests.specs.rfc9396.asking import LAKE, asking, files, query, said

ADDITION = {"approval_id": "an-approval"}


def tokens_for(desk: RelyingParty, person: User, *details: Any, **form: Any) -> dict[str, Any]:
    """Return the token response for approved details."""
    code = desk.obtain_code(person, authorization_details=asking(*details))
    response = desk.exchange(code, **form)
    assert response.status_code == 200, response.content
    return dict(response.json())


@pytest.mark.spec("RFC 9396", "7")
def test_token_response_and_token_hold_what_was_approved(desk: RelyingParty, person: User) -> None:
    tokens = tokens_for(desk, person, query())

    assert said(tokens["authorization_details"]) == [query()]
    assert said(verified(tokens["access_token"])["authorization_details"]) == [query()]


def test_token_for_one_use_is_short_for_one_audience_and_not_refreshable(
    desk: RelyingParty, person: User
) -> None:
    tokens = tokens_for(desk, person, query())
    payload = verified(tokens["access_token"])

    assert payload["aud"] == WAREHOUSE
    assert payload["exp"] - payload["iat"] == tokens["expires_in"] == 60
    assert "refresh_token" not in tokens
    assert payload["sub"] == str(person.pk)


@pytest.mark.spec("RFC 8707", "2.2")
@pytest.mark.parametrize("resource", [LAKE, "http://localhost:8000"])
def test_token_for_one_use_cannot_be_for_another_audience(
    desk: RelyingParty, person: User, resource: str
) -> None:
    code = desk.obtain_code(person, authorization_details=asking(query()))

    assert_oauth_error(desk.exchange(code, resource=resource), "invalid_target")


def test_token_never_lives_longer_than_others(desk: RelyingParty, person: User) -> None:
    AuthorizationDetailsType.objects.filter(single_use=True).update(token_lifetime=86400)

    assert tokens_for(desk, person, query())["expires_in"] == 300


@pytest.mark.spec("RFC 9396", "9.1")
def test_token_holds_only_the_details_for_its_audience(desk: RelyingParty, person: User) -> None:
    details = (files(), files(locations=[LAKE], identifier="/fish"))

    tokens = tokens_for(desk, person, *details, resource=LAKE)

    held = verified(tokens["access_token"])["authorization_details"]
    assert [detail["identifier"] for detail in held] == ["/fish"]
    assert tokens["authorization_details"] == held


@pytest.mark.spec("RFC 9396", "9.1")
def test_token_for_the_provider_holds_no_details_for_others(
    desk: RelyingParty, person: User
) -> None:
    tokens = tokens_for(desk, person, files(), resource="http://localhost:8000")

    assert "authorization_details" not in tokens


@pytest.mark.spec("RFC 9396", "2.2")
def test_what_was_approved_is_in_the_token_that_nobody_named_an_audience_for(
    desk: RelyingParty, person: User
) -> None:
    tokens = tokens_for(desk, person, files())

    payload = verified(tokens["access_token"])
    assert payload["aud"] == WAREHOUSE
    assert said(payload["authorization_details"]) == [files()]
    assert said(tokens["authorization_details"]) == [files()]
    again = desk.refresh(tokens["refresh_token"]).json()
    assert said(again["authorization_details"]) == [files()]


@pytest.mark.spec("RFC 9396", "6.1")
def test_token_request_may_narrow_what_may_be_narrowed(desk: RelyingParty, person: User) -> None:
    less = files(actions=["read"])

    tokens = tokens_for(
        desk, person, files(), resource=WAREHOUSE, authorization_details=asking(less)
    )

    assert said(tokens["authorization_details"]) == [less]


@pytest.mark.spec("RFC 9396", "6.1")
def test_token_request_may_leave_whole_details_out(desk: RelyingParty, person: User) -> None:
    both = (files(), files(identifier="/letters"))

    tokens = tokens_for(
        desk, person, *both, resource=WAREHOUSE, authorization_details=asking(both[1])
    )

    assert said(tokens["authorization_details"]) == [both[1]]


@pytest.mark.spec("RFC 9396", "8")
@pytest.mark.parametrize(
    "more",
    [
        files(actions=["read", "write", "delete"]),
        files(actions=["delete"]),
        files(identifier="/"),
        files(locations=[WAREHOUSE, LAKE]),
        files(locations=[LAKE]),
        {name: value for name, value in files().items() if name != "identifier"},
        query(),
        {"type": "urn:example:unknown"},
        {**files(), **ADDITION},
    ],
    ids=json.dumps,
)
def test_token_request_cannot_have_more_than_was_approved(
    desk: RelyingParty, person: User, more: dict[str, Any]
) -> None:
    code = desk.obtain_code(person, authorization_details=asking(files()))

    response = desk.exchange(code, resource=WAREHOUSE, authorization_details=asking(more))

    assert_oauth_error(response, "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "8")
@pytest.mark.parametrize(
    "change", [{"max_rows": 99}, {"statement": "SELECT 1"}, {"parameters": {"id": 8}}], ids=str
)
def test_detail_that_may_not_be_narrowed_is_all_or_nothing(
    desk: RelyingParty, person: User, change: dict[str, Any]
) -> None:
    code = desk.obtain_code(person, authorization_details=asking(query()))

    response = desk.exchange(code, authorization_details=asking(query(**change)))

    assert_oauth_error(response, "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "6")
def test_refreshed_token_holds_the_details_too(desk: RelyingParty, person: User) -> None:
    tokens = tokens_for(desk, person, files(), resource=WAREHOUSE)

    answer = desk.refresh(tokens["refresh_token"], resource=WAREHOUSE).json()

    assert said(answer["authorization_details"]) == [files()]


@pytest.mark.spec("RFC 9396", "8")
def test_refresh_cannot_have_more_than_was_approved(desk: RelyingParty, person: User) -> None:
    tokens = tokens_for(desk, person, files(actions=["read"]), resource=WAREHOUSE)

    response = desk.refresh(
        tokens["refresh_token"], resource=WAREHOUSE, authorization_details=asking(files())
    )

    assert_oauth_error(response, "invalid_authorization_details")
    assert desk.refresh(tokens["refresh_token"]).status_code == 200


def test_detail_that_has_become_good_for_one_use_is_not_refreshed(
    desk: RelyingParty, person: User, files: AuthorizationDetailsType
) -> None:
    tokens = tokens_for(desk, person, _files(), resource=WAREHOUSE)
    files.single_use = True
    files.save()

    answer = desk.refresh(tokens["refresh_token"], resource=WAREHOUSE).json()

    assert "authorization_details" not in answer


_files = files


@pytest.mark.spec("RFC 9396", "9.2")
def test_introspection_shows_the_details_to_the_audience(
    desk: RelyingParty, person: User, warehouse: tuple[Client, str]
) -> None:
    tokens = tokens_for(desk, person, query())

    answer = RelyingParty(*warehouse).introspect(tokens["access_token"]).json()

    assert answer["active"] is True
    assert said(answer["authorization_details"]) == [query()]


@pytest.mark.spec("RFC 9396", "9.2")
def test_opaque_token_shows_the_details_in_introspection_only(
    desk: RelyingParty, person: User, warehouse: tuple[Client, str]
) -> None:
    desk.client.access_token_format = "opaque"
    desk.client.save()

    tokens = tokens_for(desk, person, query())

    assert tokens["expires_in"] == 60
    assert tokens["access_token"].count(".") == 0
    answer = RelyingParty(*warehouse).introspect(tokens["access_token"]).json()
    assert said(answer["authorization_details"]) == [query()]
    assert answer["exp"] - answer["iat"] == 60


@pytest.mark.spec("RFC 7662", "2.2")
def test_token_is_dead_once_its_type_is_switched_off(
    desk: RelyingParty, person: User, warehouse: tuple[Client, str]
) -> None:
    tokens = tokens_for(desk, person, query())
    row = AuthorizationDetailsType.objects.get(single_use=True)
    row.is_active = False
    row.save()

    assert_inactive(RelyingParty(*warehouse).introspect(tokens["access_token"]))


def test_type_that_is_switched_off_is_in_no_new_token(
    desk: RelyingParty, person: User, files: AuthorizationDetailsType
) -> None:
    code = desk.obtain_code(person, authorization_details=asking(_files()))
    files.is_active = False
    files.save()

    assert "authorization_details" not in desk.exchange(code, resource=WAREHOUSE).json()


@pytest.mark.spec("RFC 9396", "6")
def test_program_cannot_give_itself_details(desk: RelyingParty) -> None:
    desk.client.grant_types = ["client_credentials"]
    desk.client.save()

    response = desk.client_credentials(authorization_details=asking(query()))

    assert_oauth_error(response, "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "8")
@pytest.mark.parametrize("wrong", ["x", "{}", "[" * 4000, '[{"type": 1}]'])
def test_malformed_details_at_the_token_endpoint_leave_the_code_usable(
    desk: RelyingParty, person: User, wrong: str
) -> None:
    code = desk.obtain_code(person, authorization_details=asking(query()))

    assert_oauth_error(
        desk.exchange(code, authorization_details=wrong), "invalid_authorization_details"
    )
    assert desk.exchange(code).status_code == 200


@pytest.mark.spec("RFC 9396", "6")
@pytest.mark.parametrize("asked", [{"actions": ["read"]}, {}], ids=["less", "all"])
def test_what_was_taken_in_an_emergency_can_be_narrowed(
    desk: RelyingParty, person: User, other_person: User, asked: dict[str, Any]
) -> None:
    set_attributes(person, {"roles": ["on-call"]})
    make_rule(Approvers.PEOPLE, people=[other_person], break_glass_role="on-call")
    desk.go_through(person, authorization_details=asking(files()))
    approval = Approval.objects.get()
    why = "The plant is on fire, nobody answers."
    break_glass(approval, person.pk, why, a_ballot(approval), CONTEXT)
    code = answer_of(desk.browser.get(approval.return_to))["code"]

    response = desk.exchange(code, resource=WAREHOUSE, authorization_details=asking(files(**asked)))

    assert response.status_code == 200, response.content
    (held,) = verified(response.json()["access_token"])["authorization_details"]
    assert (held["emergency"], held["actions"]) == (True, files(**asked)["actions"])


@pytest.mark.spec("RFC 9396", "6")
def test_emergency_is_no_member_that_a_client_can_send(desk: RelyingParty, person: User) -> None:
    asked = {**files(), "emergency": True}

    response = desk.authorize(authorization_details=asking(asked))

    assert answer_of(response)["error"] == "invalid_authorization_details"
