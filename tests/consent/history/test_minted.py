"""Every use of a code or a refresh token is one act, and costs the token endpoint no statement."""

import pytest

from foundation.directory.models import User
from foundation.journal.models import Act, MintedToken
from idp import tasks
from idp.tokens.families.minting import record_minted
from tests.relying_party import RelyingParty

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def minted() -> list[Act]:
    return list(Act.objects.filter(kind="minted").select_related("personal").order_by("at"))


def test_each_token_is_one_act(person: User, rp: RelyingParty) -> None:
    tokens = rp.obtain_tokens(person)
    for _ in range(2):
        tokens = rp.refresh(tokens["refresh_token"]).json()

    assert record_minted() == 3
    assert record_minted() == 0

    acts = minted()
    assert [act.detail["rotation"] for act in acts] == [0, 1, 2]
    assert len({act.detail["family"] for act in acts}) == 1
    assert {act.personal.person_id for act in acts} == {person.pk}
    assert {act.client_id for act in acts} == {rp.client.pk}
    assert all(act.grant_id and "email" in act.scope for act in acts)


def test_a_refused_code_or_token_is_no_act(person: User, rp: RelyingParty) -> None:
    code = rp.obtain_code(person)
    token = rp.exchange(code).json()["refresh_token"]
    rp.exchange(code)
    rp.refresh(token)
    rp.refresh("unknown.token")

    assert record_minted() == 1
    assert [act.detail["rotation"] for act in minted()] == [0]


def test_a_code_that_nobody_used_is_no_act(person: User, rp: RelyingParty) -> None:
    rp.obtain_code(person)

    assert record_minted() == 0


def test_revoking_a_token_mints_none(person: User, rp: RelyingParty) -> None:
    token = rp.obtain_tokens(person)["refresh_token"]
    record_minted()

    rp.revoke(token)

    assert not MintedToken.objects.exists()


def test_the_task_records_and_links(person: User, rp: RelyingParty) -> None:
    rp.obtain_tokens(person)

    tasks.keep_history()

    assert len(minted()) == 1
    assert not Act.objects.filter(number=None).exists()
