"""A `sub` with a value in the `claims` parameter: whom the application means."""

import json
from typing import Any

import pytest

from foundation.directory.models import User
from tests.assertions import assert_code, assert_redirected_error
from tests.relying_party import RelyingParty


def asking_for(value: Any) -> str:
    return json.dumps({"id_token": {"sub": {"value": value}}})


@pytest.mark.spec("OIDC Core", "5.5.1")
def test_requested_subject_that_is_signed_in_is_answered(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)

    response = rp.authorize(prompt="none", claims=asking_for(person.subject))

    assert_code(response)


@pytest.mark.spec("OIDC Core", "5.5.1")
@pytest.mark.parametrize("value", ["somebody-else", ["a", "list"], {"an": "object"}, None, 7])
def test_no_code_is_issued_for_another_than_the_requested_subject(
    rp: RelyingParty, person: User, value: Any
) -> None:
    rp.obtain_tokens(person)

    response = rp.authorize(prompt="none", claims=asking_for(value))

    assert_redirected_error(response, "login_required")
