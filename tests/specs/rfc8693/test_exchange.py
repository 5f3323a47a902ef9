"""Token exchange: what comes out is never more than what went in, but for what was approved."""

from typing import Any

import pytest
from django.http import HttpResponse

from claims.catalogue.details.catalogue import install_defaults
from claims.catalogue.details.defaults import QUERY
from consent.approvals.models import Approval, Approvers
from foundation.base.configuration import epoch
from foundation.directory.models import User
from foundation.journal.models import Act
from idp.models import RefreshToken
from idp.tokens.families.minting import record_minted
from tests.approvals.asking import make_rule, say
from tests.assertions import assert_oauth_error
from tests.factories import WAREHOUSE, make_machine, make_relying_party, make_resource_server
from tests.jwt import verified
from tests.provider import Clock
from tests.relying_party import RelyingParty
from tests.specs.rfc9396.asking import LAKE, asking, query

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def desk(_provider: None) -> RelyingParty:
    install_defaults()
    make_resource_server(scopes=["query"])
    make_resource_server(audience=LAKE, scopes=["lake"])
    return make_relying_party(
        resources=(WAREHOUSE, LAKE),
        scope="openid profile email offline_access query lake",
        authorization_details_types=(QUERY,),
        grant_types=("authorization_code", "refresh_token", EXCHANGE),
    )


def exchange(party: RelyingParty, token: str | None, **form: Any) -> HttpResponse:
    usual = {
        "grant_type": EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
    }
    return party.post("/token", {**usual, **form})


def wide_token(desk: RelyingParty, person: User, **parameters: Any) -> str:
    scope = {"scope": "openid profile email query", **parameters}
    return str(desk.obtain_tokens(person, **scope)["access_token"])


@pytest.mark.spec("RFC 8693", "2.2.1")
def test_exchanged_token_is_narrower_and_is_all_there_is(desk: RelyingParty, person: User) -> None:
    response = exchange(desk, wide_token(desk, person), scope="openid email")

    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "no-store"
    answer = response.json()
    assert answer["issued_token_type"] == ACCESS_TOKEN
    assert answer["scope"] == "openid email"
    assert not {"refresh_token", "id_token"} & answer.keys()
    payload = verified(answer["access_token"])
    assert (payload["sub"], payload["scope"]) == (person.subject, "openid email")
    assert "act" not in payload


@pytest.mark.spec("RFC 8693", "2.1")
@pytest.mark.parametrize("name", ["resource", "audience"])
def test_target_is_one_that_the_grant_allows(desk: RelyingParty, person: User, name: str) -> None:
    """The scope `query` was not in the token, which was for the provider; so it is in none."""
    answer = exchange(desk, wide_token(desk, person), **{name: WAREHOUSE}).json()

    payload = verified(answer["access_token"])
    assert (payload["aud"], payload["scope"]) == (WAREHOUSE, "openid profile email")


@pytest.mark.spec("RFC 8693", "2.2.2")
@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token": "x"}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request"),
        ({"actor_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"actor_token": "x", "actor_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"scope": "openid lake"}, "invalid_scope"),
        ({"scope": "phone"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"audience": "https://elsewhere.example"}, "invalid_target"),
        ({"audience": WAREHOUSE, "resource": LAKE}, "invalid_target"),
        ({"resource": [WAREHOUSE, LAKE]}, "invalid_target"),
        ({"authorization_details": asking(query())}, "invalid_authorization_details"),
        ({"authorization_details": "{"}, "invalid_authorization_details"),
    ],
)
def test_what_is_wrong_or_wider_is_refused(
    desk: RelyingParty, person: User, form: dict[str, Any], error: str
) -> None:
    assert_oauth_error(exchange(desk, wide_token(desk, person), **form), error)


@pytest.mark.spec("RFC 8693", "2.1")
def test_target_outside_the_authorization_request_stays_outside(
    desk: RelyingParty, person: User
) -> None:
    token = wide_token(desk, person, resource=WAREHOUSE)

    assert_oauth_error(exchange(desk, token, resource=LAKE), "invalid_target")


@pytest.mark.spec("RFC 8693", "2.1")
def test_token_of_another_client_is_worth_nothing(desk: RelyingParty, person: User) -> None:
    thief = make_relying_party(
        client_name="Other", grant_types=("authorization_code", EXCHANGE), resources=(WAREHOUSE,)
    )

    assert_oauth_error(exchange(thief, wide_token(desk, person)), "invalid_request")


@pytest.mark.spec("RFC 8693", "4.4")
def test_client_that_is_not_registered_for_it_may_not(person: User) -> None:
    party = make_relying_party()

    assert_oauth_error(exchange(party, "x"), "unauthorized_client")


@pytest.mark.spec("RFC 8693", "5")
def test_exchanged_token_never_outlives_the_first(
    desk: RelyingParty, person: User, clock: Clock
) -> None:
    token = wide_token(desk, person)
    clock.advance(seconds=200)

    answer = exchange(desk, token).json()

    assert verified(answer["access_token"])["exp"] <= verified(token)["exp"]
    clock.advance(seconds=101)
    assert_oauth_error(exchange(desk, token), "invalid_request")


@pytest.mark.spec("RFC 8693", "5")
def test_exchanged_token_ends_with_the_family(desk: RelyingParty, person: User) -> None:
    token = wide_token(desk, person)
    exchanged = exchange(desk, token, scope="openid").json()["access_token"]
    assert desk.userinfo(exchanged).status_code == 200

    RefreshToken.objects.update(revoked="2020-01-01T00:00:00Z")

    assert desk.userinfo(exchanged).status_code == 401
    assert_oauth_error(exchange(desk, token), "invalid_request")


@pytest.mark.spec("RFC 8693", "2.1")
def test_revoked_token_is_not_exchanged(desk: RelyingParty, person: User) -> None:
    token = wide_token(desk, person)
    desk.revoke(token)

    assert_oauth_error(exchange(desk, token), "invalid_request")


def test_exchange_is_in_the_history(desk: RelyingParty, person: User) -> None:
    exchange(desk, wide_token(desk, person), scope="openid")
    record_minted()

    minted = Act.objects.filter(kind="minted").values_list("scope", flat=True)
    assert sorted(minted) == ["openid", "openid profile email query"]


@pytest.mark.spec("RFC 8693", "4.1")
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_actor_is_named_and_the_one_before_inside(
    desk: RelyingParty, person: User, token_format: str
) -> None:
    type(desk.client).objects.filter(pk=desk.client.pk).update(access_token_format=token_format)
    agents = [RelyingParty(*make_machine(client_name=name)) for name in ("One", "Two")]
    token = wide_token(desk, person)
    for agent in agents:
        acting = agent.client_credentials().json()["access_token"]
        response = exchange(desk, token, actor_token=acting, actor_token_type=ACCESS_TOKEN)
        assert response.status_code == 200, response.content
        token = response.json()["access_token"]

    first, second = (agent.client.client_id for agent in agents)
    assert desk.introspect(token).json()["act"] == {"sub": second, "act": {"sub": first}}
    assert desk.introspect(token).json()["sub"] == person.subject


@pytest.mark.spec("RFC 8693", "2.1")
def test_token_of_a_person_is_no_actor(desk: RelyingParty, person: User) -> None:
    token = wide_token(desk, person)

    response = exchange(desk, token, actor_token=token, actor_token_type=ACCESS_TOKEN)

    assert_oauth_error(response, "invalid_request")


def agent_for(*audiences: str) -> RelyingParty:
    return RelyingParty(*make_machine(client_name="Agent", resources=audiences))


@pytest.mark.spec("RFC 8693", "2.1")
def test_actor_token_that_a_resource_server_was_called_with_names_no_actor(
    desk: RelyingParty, person: User
) -> None:
    """Whoever is called by an agent could say otherwise that the agent acts for them."""
    called_with = agent_for(LAKE).client_credentials().json()["access_token"]

    response = exchange(
        desk, wide_token(desk, person), actor_token=called_with, actor_token_type=ACCESS_TOKEN
    )

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 8693", "2.1")
@pytest.mark.parametrize("meant", ["issuer", "the presenter", "its resource server"])
def test_actor_token_is_for_us_or_for_who_presents_it(
    desk: RelyingParty, person: User, meant: str
) -> None:
    if meant == "its resource server":
        type(desk.client).objects.filter(pk=desk.client.pk).update(resource_server=LAKE)
    if meant == "the presenter":
        type(desk.client).objects.filter(pk=desk.client.pk).update(
            grant_types=[*desk.client.grant_types, "client_credentials"]
        )
    epoch.forget()
    agent = {"the presenter": desk, "its resource server": agent_for(LAKE)}.get(meant, agent_for())
    acting = agent.client_credentials().json()["access_token"]

    response = exchange(
        desk, wide_token(desk, person), actor_token=acting, actor_token_type=ACCESS_TOKEN
    )

    assert response.status_code == 200, response.content
    assert verified(response.json()["access_token"])["act"]["sub"] == agent.client.client_id


# What was approved ------------------------------------------------------------------------------


@pytest.fixture
def approved(desk: RelyingParty, person: User, other_person: User) -> str:
    """A wide token, and an approval that somebody else has given meanwhile."""
    make_rule(Approvers.PEOPLE, people=[other_person])
    token = wide_token(desk, person)
    desk.go_through(person, scope="openid", authorization_details=asking(query()))
    say(Approval.objects.get(), other_person)
    return token


def test_approved_query_makes_a_wide_token_a_query_token(
    desk: RelyingParty, person: User, approved: str
) -> None:
    response = exchange(desk, approved, authorization_details=asking(query()))

    assert response.status_code == 200, response.content
    payload = verified(response.json()["access_token"])
    approval = Approval.objects.get()
    assert (approval.state, approval.jti) == ("minted", payload["jti"])
    assert payload["aud"] == WAREHOUSE
    assert payload["exp"] - payload["iat"] <= 60
    assert payload["authorization_details"][0]["approval_id"] == str(approval.pk)


def test_approval_makes_one_token(desk: RelyingParty, approved: str) -> None:
    first = exchange(desk, approved, authorization_details=asking(query())).json()

    again = exchange(desk, approved, authorization_details=asking(query()))
    assert_oauth_error(again, "invalid_authorization_details")
    assert_oauth_error(exchange(desk, first["access_token"]), "invalid_request")


@pytest.mark.parametrize("change", [{"max_rows": 101}, {"statement": "SELECT 1"}, {"purpose": ""}])
def test_approval_covers_the_exact_query(
    desk: RelyingParty, approved: str, change: dict[str, Any]
) -> None:
    response = exchange(desk, approved, authorization_details=asking(query(**change)))

    assert_oauth_error(response, "invalid_authorization_details")
    assert Approval.objects.get().state == "approved"


def test_approval_of_another_person_covers_nothing(
    desk: RelyingParty, other_person: User, approved: str
) -> None:
    other = RelyingParty(desk.client, desk.secret)
    token = wide_token(other, other_person)

    response = exchange(desk, token, authorization_details=asking(query()))

    assert_oauth_error(response, "invalid_authorization_details")


def test_approval_for_another_resource_makes_no_token(desk: RelyingParty, approved: str) -> None:
    response = exchange(desk, approved, resource=LAKE, authorization_details=asking(query()))

    assert_oauth_error(response, "invalid_target")
    assert Approval.objects.get().state == "approved"
