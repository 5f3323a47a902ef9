"""Details in authorization requests: refused when not foreseen, and never granted in silence."""

from typing import Any

import pytest

from consent.models import ConsentRequest
from foundation.directory.models import User
from idp.models import AuthorizationCode
from tests.assertions import assert_oauth_error, assert_redirected_error, assert_sent_to_consent
from tests.factories import WAREHOUSE
from tests.jwt import verified
from tests.relying_party import RelyingParty, answer_of
from tests.specs.rfc9396.asking import LAKE, asking, files, query


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        "{}",
        "[1]",
        '[{"type": "urn:example:unknown"}]',
        asking({**query(), "type": None}),
        asking(query(statement=None)),
        asking(query(privileges=["admin"])),
        asking(query(approval_id="mine")),
        asking(query(max_rows="all")),
        asking(query(locations=["https://elsewhere.example"])),
        asking(*(query(max_rows=rows) for rows in range(1, 22))),
        "[" * 4000,
    ],
    ids=lambda text: text[:40] or "empty",
)
def test_details_that_are_not_foreseen_are_refused(desk: RelyingParty, wrong: str) -> None:
    if wrong == "":
        assert desk.push(authorization_details=wrong).status_code == 201  # RFC 6749 §3.1: omitted
        return
    direct = desk.authorize(authorization_details=wrong)
    pushed = desk.push(authorization_details=wrong)

    assert_redirected_error(direct, "invalid_authorization_details")
    assert_oauth_error(pushed, "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "10")
def test_client_that_is_not_registered_for_a_type_cannot_ask_for_it(rp: RelyingParty) -> None:
    response = rp.push(authorization_details=asking(query()))

    assert_oauth_error(response, "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "3.2")
def test_location_must_be_among_the_resources_asked_for(desk: RelyingParty) -> None:
    response = desk.push(authorization_details=asking(query()), resource=LAKE)

    assert_oauth_error(response, "invalid_authorization_details")


def test_details_for_one_use_need_the_same_location(desk: RelyingParty) -> None:
    details = asking(query(), query(locations=[LAKE]))

    assert_oauth_error(desk.push(authorization_details=details), "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "2")
def test_large_details_arrive_whole(desk: RelyingParty, person: User) -> None:
    statement = "SELECT '" + "ä" * 9000 + "'\n\t"
    pushed = desk.pushed(authorization_details=asking(query(statement=statement)))

    desk.sign_in(person, desk.authorize(**pushed))

    assert ConsentRequest.objects.get().authorization_details == [query(statement=statement)]


@pytest.mark.spec("RFC 9396", "4")
def test_details_are_asked_about_although_every_scope_was_granted(
    desk: RelyingParty, person: User
) -> None:
    desk.obtain_tokens(person)

    assert_sent_to_consent(desk.authorize(authorization_details=asking(query())))


@pytest.mark.spec("RFC 9396", "4")
def test_the_same_details_are_asked_about_every_time(desk: RelyingParty, person: User) -> None:
    desk.obtain_tokens(person, authorization_details=asking(query()))

    assert_sent_to_consent(desk.authorize(authorization_details=asking(query())))


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_details_without_a_page_are_consent_required(desk: RelyingParty, person: User) -> None:
    desk.obtain_tokens(person)

    response = desk.authorize(prompt="none", authorization_details=asking(query()))

    assert_redirected_error(response, "consent_required")


@pytest.mark.spec("RFC 9396", "4")
def test_what_nobody_approved_is_in_no_token(desk: RelyingParty, person: User) -> None:
    """To say yes to the scopes is not to approve a query."""
    details = asking(query(), files())

    tokens = desk.obtain_tokens(
        person, authorization_details=details, resource=WAREHOUSE, approve=lambda place: False
    )

    assert "authorization_details" not in tokens
    assert "authorization_details" not in verified(tokens["access_token"])
    assert AuthorizationCode.objects.get().authorization_details == []


@pytest.mark.spec("RFC 9396", "4")
def test_details_refused_and_no_scope_left_is_access_denied(
    desk: RelyingParty, person: User
) -> None:
    response = desk.go_through(
        person, scope=None, authorization_details=asking(query()), approve=lambda place: False
    )

    assert answer_of(response)["error"] == "access_denied"


@pytest.mark.spec("RFC 9396", "3.1")
def test_details_may_be_all_that_is_asked_for(desk: RelyingParty, person: User) -> None:
    desk.obtain_tokens(person)

    assert_sent_to_consent(desk.authorize(scope=None, authorization_details=asking(query())))


@pytest.mark.spec("RFC 9396", "4")
def test_approval_of_one_person_is_not_used_for_another(
    desk: RelyingParty, person: User, other_person: User
) -> None:
    page = desk.sign_in(person, desk.authorize(authorization_details=asking(query())))
    consent_request = ConsentRequest.objects.get()
    desk.browser.post("/accounts/logout/")
    consent_request.refresh_from_db()

    stranger = RelyingParty(desk.client, desk.secret)
    stranger.sign_in(other_person)
    response = stranger.browser.get(page.request["PATH_INFO"])

    assert response.status_code == 404
    assert consent_request.decided_at is None


def test_history_names_the_details_that_were_asked_for(desk: RelyingParty, person: User) -> None:
    from foundation.journal.models import Act

    desk.sign_in(person, desk.authorize(authorization_details=asking(query())))

    (digest,) = Act.objects.get(kind="asked").detail["details"]
    assert len(digest) == 43


@pytest.mark.spec("RFC 9396", "10")
def test_metadata_names_the_types(desk: RelyingParty) -> None:
    told: dict[str, Any] = desk.browser.get("/.well-known/openid-configuration").json()

    assert set(told["authorization_details_types_supported"]) == {
        "urn:scopeward:query:1",
        "urn:example:files",
    }
    address = told["authorization_details_types_metadata_endpoint"]
    assert address == told["issuer"] + "/authorization-details-types"


def test_types_endpoint_gives_the_schema_with_an_etag(desk: RelyingParty, files: Any) -> None:
    response = desk.browser.get("/authorization-details-types")
    told = response.json()["urn:scopeward:query:1"]
    again = desk.browser.get("/authorization-details-types", HTTP_IF_NONE_MATCH=response["ETag"])
    files.is_active = False
    files.save()

    assert told["version"] == "1"
    assert told["schema"]["additionalProperties"] is False
    assert again.status_code == 304
    assert "urn:example:files" not in desk.browser.get("/authorization-details-types").json()
