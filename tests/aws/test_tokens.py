"""The ID token of a real sign-in, as STS reads it."""

from typing import Any

import pytest
from django.conf import settings

from claims.models import ClaimMapping
from claims.names.aws_session_tags import CLAIM, PREFIX
from claims.services import set_attributes
from consent.models import Grant
from foundation.directory.models import User
from tests.aws.conftest import assume_call, claim_of, documented, session_tags
from tests.aws.iam import allows
from tests.factories import make_relying_party
from tests.jwt import payload_of, verified
from tests.relying_party import RelyingParty, answer_of

ASSUME, TAG = "sts:AssumeRoleWithWebIdentity", "sts:TagSession"
SCOPE = "openid aws"


def id_token(desk: RelyingParty, person: User, **parameters: Any) -> str:
    return str(desk.obtain_tokens(person, **{"scope": SCOPE, **parameters})["id_token"])


def trusted(desk: RelyingParty, token: str) -> tuple[bool, bool]:
    """Return whether the documented trust policy lets a token assume the role, and tag it."""
    issuer = settings.ISSUER.partition("://")[2]
    policy = documented(
        "trust-policy.json", **{"id.example.com": issuer, "orders-desk": desk.client.client_id}
    )
    return tuple(allows(assume_call(action, token), policy) for action in (ASSUME, TAG))  # type: ignore[return-value]


def test_the_id_token_has_the_tags_in_the_form_of_aws(desk: RelyingParty, member: User) -> None:
    token = id_token(desk, member)

    assert verified(token)[CLAIM] == {
        "principal_tags": {"clearance": ["2"], "department": ["finance"], "tenant": ["t1"]},
        "transitive_tag_keys": ["clearance", "department", "tenant"],
    }
    assert trusted(desk, token) == (True, True)


def test_the_audience_is_the_application_and_the_subject_the_person(
    desk: RelyingParty, member: User
) -> None:
    payload = verified(id_token(desk, member))

    assert payload["aud"] == desk.client.client_id
    assert payload["sub"] == str(member.pk)
    assert "azp" not in payload


def test_no_other_payload_has_the_tags(desk: RelyingParty, member: User) -> None:
    tokens = desk.obtain_tokens(member, scope=SCOPE)
    userinfo = desk.userinfo(tokens["access_token"])

    assert userinfo.status_code == 200
    assert "aws.amazon.com" not in userinfo.content.decode()
    assert "https://aws.amazon.com/tags" not in payload_of(tokens["access_token"])


def test_a_withheld_scope_gives_no_tags_and_no_tagged_session(
    desk: RelyingParty, member: User
) -> None:
    token = id_token(desk, member, scope="openid profile aws", allow=("openid", "profile"))

    assert claim_of(token) == {}
    assert trusted(desk, token) == (True, False)


def test_the_same_facts_by_another_scope_are_no_tags(desk: RelyingParty, member: User) -> None:
    token = id_token(desk, member, scope="openid department")

    assert verified(token)["department"] == "finance"
    assert claim_of(token) == {}


def test_an_application_that_was_not_allowed_the_scope_gets_no_tags(
    desk: RelyingParty, member: User
) -> None:
    other = make_relying_party(client_name="Other", scope="openid")

    refusal = answer_of(other.authorize(scope=SCOPE))

    assert refusal["error"] == "invalid_scope"


def test_the_token_of_another_application_does_not_open_the_role(
    desk: RelyingParty, member: User
) -> None:
    other = make_relying_party(client_name="Other", scope=SCOPE)

    assert trusted(desk, id_token(other, member)) == (False, False)


def test_the_person_sees_every_tag_and_may_leave_one_out(desk: RelyingParty, member: User) -> None:
    page = desk.sign_in(member, desk.authorize(scope=SCOPE))
    shown = page.content.decode()
    left = desk.submit(
        page,
        having="decision",
        decision="allow",
        scope=["openid", "aws"],
        claim=[f"aws {PREFIX}{tag}" for tag in ("tenant", "department")],
    )
    token = desk.exchange(answer_of(left)["code"]).json()["id_token"]

    assert all(text in shown for text in ("t1", "finance", "confidential (2)"))
    assert session_tags(token) == {"tenant": "t1", "department": "finance"}
    assert Grant.objects.get().withheld_claims == {"aws": [f"{PREFIX}clearance"]}


def test_without_the_tenant_no_session_is_tagged(desk: RelyingParty, member: User) -> None:
    set_attributes(member, {"tenant": None})
    token = id_token(desk, member)

    assert session_tags(token) == {"department": "finance", "clearance": "2"}
    assert trusted(desk, token) == (True, False)


@pytest.mark.parametrize("projects", [["atlas", "borealis"], ["*"]])
def test_what_is_not_one_value_of_allowed_characters_is_no_tag(
    projects: list[str], desk: RelyingParty, member: User
) -> None:
    set_attributes(member, {"projects": projects})
    ClaimMapping.objects.filter(claim=f"{PREFIX}department").update(attribute=projects_attribute())

    assert "department" not in session_tags(id_token(desk, member))


def projects_attribute() -> Any:
    return ClaimMapping.objects.get(claim="projects").attribute


def test_a_tag_that_the_trust_policy_does_not_name_is_refused(
    desk: RelyingParty, member: User
) -> None:
    ClaimMapping.objects.filter(claim=f"{PREFIX}department").update(claim=f"{PREFIX}admin")

    token = id_token(desk, member)

    assert "admin" in session_tags(token)
    assert trusted(desk, token) == (True, False)


def test_a_refresh_follows_what_is_recorded_now(desk: RelyingParty, member: User) -> None:
    tokens = desk.obtain_tokens(member, scope=f"{SCOPE} offline_access")
    set_attributes(member, {"tenant": "t2"})

    renewed = desk.refresh(tokens["refresh_token"]).json()["id_token"]

    assert session_tags(tokens["id_token"])["tenant"] == "t1"
    assert session_tags(renewed)["tenant"] == "t2"
