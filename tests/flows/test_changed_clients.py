"""What an administrator takes from an application is gone at once: each attribute, each moment.

What is taken either narrows the answer or refuses it; the table says which. A new column of
applications has to be said to decide something or not, before the last test is content.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from claims.catalogue.models import AuthorizationDetailsType
from consent.models import Grant
from foundation.directory.models import Client, User
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.relying_party import RelyingParty, answer_of
from tests.specs.ciba.asking import CIBA, Asker
from tests.specs.rfc9396.asking import FILES, asking, files, files_type

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SCOPE = "openid roles offline_access"
GRANT_TYPES = ["authorization_code", "refresh_token", CIBA, EXCHANGE]
WISH: dict[str, Any] = {
    "scope": SCOPE,
    "resource": WAREHOUSE,
    "authorization_details": asking(files()),
}


def less(*grant_types: str) -> list[str]:
    return [name for name in GRANT_TYPES if name not in grant_types]


TAKEN: dict[str, dict[str, Any]] = {
    "activity": {"is_active": False},
    "redirect URI": {"redirect_uris": "https://rp.example/other"},
    "code flow": {"grant_types": less("authorization_code")},
    "refresh tokens": {"grant_types": less("refresh_token")},
    "CIBA": {"grant_types": less(CIBA)},
    "exchange": {"grant_types": less(EXCHANGE)},
    "roles": {"scope": "openid offline_access"},
    "offline_access": {"scope": "openid roles"},
    "every scope": {"scope": ""},
    "resource": {"resources": []},
    "details type": {"authorization_details_types": []},
}
MOMENTS = ("page", "code", "refresh", "ciba", "exchange", "use")
A, R, T = "invalid_client", "invalid_request", "invalid_target"
U, G, ALL = "unauthorized_client", "invalid_grant", "all"
EXPECTED: dict[str, tuple[str, str, str, str, str, str]] = {
    # what is taken   open page   code      refresh   CIBA      exchange  introspection
    "activity":       ("page",    A,        A,        A,        A,        "inactive"),
    "redirect URI":   ("page",    G,        ALL,      ALL,      ALL,      ALL),
    "code flow":      (U,         U,        ALL,      ALL,      ALL,      ALL),
    "refresh tokens": ("-offline_access", "-offline_access", U, "-offline_access", R, "inactive"),
    "CIBA":           (ALL,       ALL,      ALL,      U,        ALL,      ALL),
    "exchange":       (ALL,       ALL,      ALL,      ALL,      U,        ALL),
    "roles":          ("-roles",  "-roles", "-roles", "-roles", R,        "inactive"),
    "offline_access": ("-offline_access", "-offline_access", G, "-offline_access", R, "inactive"),
    "every scope":    ("details", "details", G,       "details", R,       "inactive"),
    "resource":       (T,         T,        T,        T,        R,        "inactive"),
    "details type":   ("invalid_authorization_details", "-details", "-details", "-details", R,
                       "inactive"),
}  # fmt: skip


@pytest.fixture
def warehouse() -> RelyingParty:
    return RelyingParty(*make_resource_server())


@pytest.fixture
def party(warehouse: RelyingParty) -> Asker:
    AuthorizationDetailsType(**files_type()).save()
    made = make_relying_party(
        scope=SCOPE,
        resources=(WAREHOUSE,),
        authorization_details_types=(FILES,),
        grant_types=tuple(GRANT_TYPES),
        backchannel_token_delivery_mode="poll",
    )
    return Asker(made.client, made.secret)


def change(party: RelyingParty, columns: dict[str, Any]) -> None:
    """Save as the administration does."""
    row = Client.objects.get(pk=party.client.pk)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()


def give_back(party: RelyingParty) -> None:
    change(
        party,
        {
            "is_active": True, "redirect_uris": party.client.redirect_uris,
            "grant_types": GRANT_TYPES, "scope": SCOPE, "resources": [WAREHOUSE],
            "authorization_details_types": [FILES],
        },
    )  # fmt: skip


def outcome(answer: dict[str, Any]) -> str:
    """Return what came of it: an error, `all`, what is missing, or what alone is there."""
    if "error" in answer:
        return str(answer["error"])
    there = set(answer.get("scope", "").split())
    there |= {"details"} if answer.get("authorization_details") else set()
    missing = {*SCOPE.split(), "details"} - there
    if not missing:
        return ALL
    return f"-{missing.pop()}" if len(missing) == 1 else " ".join(sorted(there))


def at_page(party: Asker, person: User, warehouse: RelyingParty, take: Callable[[], None]) -> str:
    party.sign_in(person)
    page = party.follow(party.authorize(**WISH))
    take()
    answered = party.decide(page)
    if answered.status_code == 409:
        answered = party.decide(answered)
    if answered.status_code >= 400:
        assert not answered.has_header("Location")
        return "page"
    answer = answer_of(answered)
    if "error" in answer:
        return answer["error"]
    give_back(party)
    return outcome(party.exchange(answer["code"]).json())


def at_code(party: Asker, person: User, warehouse: RelyingParty, take: Callable[[], None]) -> str:
    code = party.obtain_code(person, **WISH)
    take()
    return outcome(party.exchange(code).json())


def at_refresh(
    party: Asker, person: User, warehouse: RelyingParty, take: Callable[[], None]
) -> str:
    tokens = party.obtain_tokens(person, **WISH)
    take()
    return outcome(party.refresh(tokens["refresh_token"]).json())


def at_ciba(party: Asker, person: User, warehouse: RelyingParty, take: Callable[[], None]) -> str:
    reference = party.asked(**WISH, login_hint=person.username)
    party.answer(person)
    take()
    return outcome(party.poll(reference).json())


def at_exchange(
    party: Asker, person: User, warehouse: RelyingParty, take: Callable[[], None]
) -> str:
    token = party.obtain_tokens(person, **WISH)["access_token"]
    take()
    form = {"subject_token": token, "subject_token_type": ACCESS_TOKEN}
    response = party.post("/token", {"grant_type": EXCHANGE, **form})
    answer = response.json()
    if response.status_code == 200:
        said = warehouse.introspect(answer["access_token"]).json()
        answer = {**answer, "authorization_details": said["authorization_details"]}
    return outcome(answer)


def at_use(party: Asker, person: User, warehouse: RelyingParty, take: Callable[[], None]) -> str:
    token = party.obtain_tokens(person, **WISH)["access_token"]
    take()
    said = warehouse.introspect(token).json()
    return outcome(said) if said["active"] else "inactive"


AT = dict(zip(MOMENTS, (at_page, at_code, at_refresh, at_ciba, at_exchange, at_use), strict=True))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("taken", TAKEN)
def test_what_is_taken_from_an_application_is_gone_at_once(
    party: Asker, person: User, warehouse: RelyingParty, taken: str, moment: str
) -> None:
    came_of_it = AT[moment](party, person, warehouse, lambda: change(party, TAKEN[taken]))

    assert came_of_it == EXPECTED[taken][MOMENTS.index(moment)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_taken_is_nothing_missing(
    party: Asker, person: User, warehouse: RelyingParty, moment: str
) -> None:
    assert AT[moment](party, person, warehouse, lambda: None) == ALL


def test_scope_taken_while_the_page_is_open_is_not_in_the_grant(party: Asker, person: User) -> None:
    party.sign_in(person)
    page = party.follow(party.authorize(scope=SCOPE))
    change(party, TAKEN["roles"])

    asked_anew = party.decide(page)
    party.decide(asked_anew)

    assert asked_anew.status_code == 409
    assert set(Grant.objects.get().scopes) == {"openid", "offline_access"}


def test_scope_that_is_given_back_counts_again(party: Asker, person: User) -> None:
    tokens = party.obtain_tokens(person, scope=SCOPE)
    change(party, TAKEN["roles"])
    narrower = party.refresh(tokens["refresh_token"]).json()
    give_back(party)

    again = party.refresh(narrower["refresh_token"]).json()

    assert "roles" not in narrower["scope"].split()
    assert "roles" in again["scope"].split()


@pytest.mark.parametrize("page", ["sign-in", "consent", "select_account"])
def test_no_page_leads_to_an_address_that_was_taken(party: Asker, person: User, page: str) -> None:
    def finish(response: HttpResponse) -> HttpResponse:
        return party.decide(response) if party._is_at(response, "review") else response

    prompt = "select_account" if page == "select_account" else None
    if page != "sign-in":
        party.sign_in(person)
    opened = party.follow(party.authorize(scope=SCOPE, prompt=prompt))
    change(party, TAKEN["redirect URI"])

    if page == "sign-in":
        response = party.sign_in(person, opened)
    elif page == "select_account":
        response = party.follow(party.submit(opened, having="csrfmiddlewaretoken"))
    else:
        response = finish(opened)

    answered = party.follow(response) if response.has_header("Location") else response
    assert answered.status_code == 400
    assert "https://rp.example/callback" not in answered.get("Location", "")
    assert "The redirect_uri is not registered." in answered.content.decode()


def test_every_column_of_an_application_is_accounted_for() -> None:
    deciding = {name for columns in TAKEN.values() for name in columns}
    how_it_asks_and_proves_itself = {
        "id", "client_id", "client_secret", "hash_client_secret", "client_type", "algorithm",
        "authorization_grant_type", "token_endpoint_auth_method", "only_auth_method",
        "jwks", "jwks_uri", "token_endpoint_auth_signing_alg", "code_protection",
        "registration_source",
        "cimd_expires_at", "require_pushed_authorization_requests", "dpop_bound_access_tokens",
        "backchannel_token_delivery_mode", "backchannel_client_notification_endpoint",
        "allowed_origins", "may_ask_for_itself", "software_id", "may_write_freely",
        "post_logout_redirect_uris", "default_max_age", "limits_upstreams", "upstreams",
        "minimum_acr",
    }  # fmt: skip
    what_tokens_look_like = {
        "access_token_format", "id_token_signed_response_alg", "access_token_signed_response_alg",
        "access_token_typ", "access_token_claims", "claims_in_id_token", "resource_server",
    }  # fmt: skip
    what_people_see = {
        "name", "user", "client_uri", "logo_uri", "policy_uri", "tos_uri", "contacts", "purpose",
        "is_verified", "is_for_some", "is_agent", "skip_authorization", "created", "updated",
    }  # fmt: skip
    columns = {field.name for field in Client._meta.concrete_fields}
    known = deciding | how_it_asks_and_proves_itself | what_tokens_look_like | what_people_see
    assert columns - known == set()
