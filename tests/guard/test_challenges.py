"""Challenges: written by a resource server, read by an application, and bent by an attacker."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import encode_base64url
from scopeward_guard._challenges import challenge as made
from scopeward_guard._challenges.challenge import Challenge, ChallengeFormat, answer
from scopeward_guard._challenges.client import is_remediable, pushed_parameters, read_refusal
from scopeward_guard._challenges.www_authenticate import quoted, read_challenges, write_challenge
from scopeward_guard._provider.settings import Remediation
from tests.guard.provider import RESOURCE

METADATA = f"{RESOURCE}/.well-known/oauth-protected-resource"
FORM = ChallengeFormat(resource_metadata=METADATA)
DETAIL = {"type": "urn:scopeward:query:1", "locations": [RESOURCE], "statement": 'SELECT "ä"'}


def header(told: Challenge, form: ChallengeFormat = FORM) -> str:
    return dict(answer(told, form).headers)["WWW-Authenticate"]


def test_request_without_a_token_is_told_no_error() -> None:
    assert header(made.token_missing()) == f'Bearer resource_metadata="{METADATA}"'


def test_missing_scope_is_named() -> None:
    told = answer(made.scope_insufficient(["b:x", "a:x"]), FORM)

    assert told.status == 403
    assert 'error="insufficient_scope"' in dict(told.headers)["WWW-Authenticate"]
    assert 'scope="a:x b:x"' in dict(told.headers)["WWW-Authenticate"]


def test_weak_sign_in_is_told_what_is_needed() -> None:
    told = answer(made.authentication_insufficient(acr_values=("mfa", "hw"), max_age=0), FORM)
    parameters = read_challenges(dict(told.headers)["WWW-Authenticate"])[0].parameters

    assert told.status == 401
    assert parameters["error"] == "insufficient_user_authentication"
    assert (parameters["acr_values"], parameters["max_age"]) == ("mfa hw", "0")


def test_every_challenge_says_where_the_metadata_are() -> None:
    for told in (made.token_missing(), made.token_invalid(), made.scope_insufficient(["a"])):
        assert f'resource_metadata="{METADATA}"' in header(told)


def test_needed_approval_is_in_header_and_body() -> None:
    told = answer(made.authorization_insufficient([DETAIL]), FORM)

    assert told.status == 401
    assert json.loads(told.body)["authorization_details"] == [DETAIL]
    in_header = read_refusal(401, dict(told.headers)["WWW-Authenticate"])
    assert in_header.authorization_details == (DETAIL,)


def test_older_form_of_the_draft_has_the_details_in_the_body_alone() -> None:
    form = ChallengeFormat(resource_metadata=METADATA, remediation=Remediation.BODY)

    told = answer(made.authorization_insufficient([DETAIL]), form)

    assert "authorization_remediation" not in dict(told.headers)["WWW-Authenticate"]
    assert json.loads(told.body)["error"] == "insufficient_authorization_details"


def test_details_too_long_for_a_header_are_in_the_body_alone() -> None:
    long = {**DETAIL, "statement": "x" * 5_000}

    told = answer(made.authorization_insufficient([long]), FORM)

    assert len(dict(told.headers)["WWW-Authenticate"]) < 1_000
    read = read_refusal(401, dict(told.headers)["WWW-Authenticate"], told.body)
    assert read.authorization_details == (long,)


def test_denial_offers_nothing() -> None:
    told = answer(made.access_denied("clearance_too_low"), FORM)

    assert told.status == 403
    assert "WWW-Authenticate" not in dict(told.headers)
    assert json.loads(told.body)["reasons"] == ["clearance_too_low"]
    assert not is_remediable(read_refusal(403, "", told.body))


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("k7mq2-x9d4r", "k7mq2-x9d4r"),
        ("", ""),
        ("../../admin", ""),
        ("k7mq2-x9d4r/../..", ""),
        ('"><script>', ""),
    ],
)
def test_only_a_reference_is_read_as_one(told: str, read: str) -> None:
    refusal = answer(replace(made.access_denied(), reference=told), FORM)

    assert read_refusal(403, "", refusal.body).reference == read


def test_outage_says_when_to_come_back() -> None:
    told = answer(made.unavailable(), FORM)

    assert (told.status, dict(told.headers)["Retry-After"]) == (503, "1")


def test_answers_are_not_stored() -> None:
    assert dict(answer(made.token_invalid(), FORM).headers)["Cache-Control"] == "no-store"


@pytest.mark.spec("RFC 6750", "3")
@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\r\nSet-Cookie: x", "ä", "\x00", "a\tb"])
def test_value_cannot_leave_its_quotes(text: str) -> None:
    inside = quoted(text)[1:-1]

    assert all(" " <= mark <= "~" and mark not in '"\\' for mark in inside)


WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126, blacklist_characters='"\\'))


@pytest.mark.spec("RFC 6750", "3")
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), WORDS, min_size=1))
def test_what_is_written_is_read(parameters: dict[str, str]) -> None:
    assert read_challenges(write_challenge("Bearer", parameters))[0].parameters == parameters


@given(st.text(max_size=300))
def test_no_header_crashes_the_reader(text: str) -> None:
    try:
        read_challenges(text)
    except MalformedError:
        return


@pytest.mark.spec("RFC 9110", "11.6.1")
def test_several_challenges_in_one_header_are_told_apart() -> None:
    found = read_challenges(
        'Negotiate, Basic realm="a, b=\\"c\\"" , DPoP algs="ES256" ,error=x,,NTLM dG9rZW4=,'
        "Bearer  error = invalid_token"
    )

    assert [challenge.scheme for challenge in found] == [
        "Negotiate", "Basic", "DPoP", "NTLM", "Bearer",
    ]  # fmt: skip
    assert found[1].parameters == {"realm": 'a, b="c"'}
    assert found[2].parameters == {"algs": "ES256", "error": "x"}
    assert found[3].token68 == "dG9rZW4="
    assert found[4].parameters == {"error": "invalid_token"}


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_empty_header_has_no_challenge(text: str) -> None:
    assert read_challenges(text) == []


@pytest.mark.parametrize(
    "text",
    [
        'Bearer error="a',
        'Bearer error="a" scope="b"',
        'Bearer error="a", ERROR="b"',
        'Bearer error="a\\',
        'error="a"',
        'Bearer "a"',
        "Bearer error=a b, c",
        "B(e)arer x=y",
        "NTLM abc=, x=y",
        "Bearer x=" + "y" * 40_000,
    ],
    ids=lambda text: text[:30],
)
def test_header_with_two_meanings_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        read_challenges(text)


BASE = {"client_id": "desk", "scope": "openid payments:read", "state": "s"}


def test_missing_scope_is_asked_for_besides_the_usual_ones() -> None:
    told = read_refusal(403, header(made.scope_insufficient(["payments:write", "openid"])))

    assert pushed_parameters(told, BASE, resource=RESOURCE) == {
        **BASE, "resource": RESOURCE, "scope": "openid payments:read payments:write",
    }  # fmt: skip


def test_weak_sign_in_is_asked_for_again() -> None:
    told = read_refusal(
        401, header(made.authentication_insufficient(acr_values=("mfa",), max_age=0))
    )

    parameters = pushed_parameters(told, BASE, resource=RESOURCE)

    assert (parameters["acr_values"], parameters["max_age"]) == ("mfa", "0")


def test_approval_is_asked_for_with_the_very_details() -> None:
    told = read_refusal(401, header(made.authorization_insufficient([DETAIL])))

    assert pushed_parameters(told, BASE, resource=RESOURCE)["authorization_details"] == [DETAIL]


@pytest.mark.parametrize(
    "locations",
    [["https://bank.example"], [RESOURCE, "https://bank.example"], [], None, RESOURCE],
)
def test_resource_server_cannot_ask_for_access_to_another(locations: Any) -> None:
    """It would be shown to the person as the application's own wish."""
    told = Challenge(
        status=401,
        error="insufficient_authorization",
        authorization_details=({**DETAIL, "locations": locations},),
    )

    with pytest.raises(MalformedError):
        pushed_parameters(told, BASE, resource=RESOURCE)


@pytest.mark.parametrize(
    "told", [made.token_invalid(), made.access_denied("x"), made.unavailable()]
)
def test_person_is_not_bothered_when_nothing_would_help(told: Challenge) -> None:
    with pytest.raises(MalformedError):
        pushed_parameters(told, BASE, resource=RESOURCE)


@pytest.mark.parametrize(
    "remediation",
    [
        "%%%",
        encode_base64url(b"[]"),
        encode_base64url(b'{"authorization_details":{}}'),
        encode_base64url(b'{"authorization_details":["x"]}'),
        encode_base64url(b'{"authorization_details":[],"authorization_details":[]}'),
        encode_base64url(b"\xff"),
    ],
)
def test_remediation_that_cannot_be_read_is_refused(remediation: str) -> None:
    text = f'Bearer error="insufficient_authorization", authorization_remediation="{remediation}"'

    with pytest.raises(MalformedError):
        read_refusal(401, text)


@pytest.mark.parametrize("value", ["-1", "1.5", "٣", "", "9" * 12, "1e3"])
def test_max_age_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(MalformedError):
        read_refusal(401, f'Bearer error="x", max_age="{value}"')


def test_challenge_for_another_scheme_is_not_ours() -> None:
    told = read_refusal(401, 'Basic realm="x", error="insufficient_scope", scope="admin"')

    assert not is_remediable(told)
