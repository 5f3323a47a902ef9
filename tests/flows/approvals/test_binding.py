"""What is shown is what runs: refused before anybody is asked, compared before it is used."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from claims.catalogue.details.catalogue import all_types
from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.lodging.services import Lodging, lodge
from consent.approvals.models import Approval, ApprovalState, VoteOutcome
from consent.approvals.terms import terms_for
from consent.approvals.use.consuming import Consumption, UseRefusal, mint as mint_token
from consent.approvals.voting import vote
from consent.models import ConsentRequest
from foundation.directory.models import User
from idp.models import BackchannelRequest, PushedAuthorizationRequest
from scopeward_guard._binding.binding import detail_digest
from tests.approvals.asking import CONTEXT, a_ballot, use
from tests.assertions import assert_oauth_error, assert_redirected_error
from tests.factories import WAREHOUSE
from tests.flows.approvals.warehouse import Warehouse, detail_of
from tests.jwt import verified
from tests.members import altered
from tests.relying_party import RelyingParty
from tests.specs.ciba.conftest import make_asker
from tests.specs.rfc9396.asking import files_type

PRETTIER = {
    "purpose": "Chargeback of payment 42",
    "parameters": {"id": 42},
    "statement": "SELECT 1",
    "schema_rev": "8",
    "max_rows": 1,
    "actions": ["insert"],
    "identifier": "other",
    "datatypes": ["public.calendar.day"],
    "query_hash": "A" * 43,
}
"""By member, what looks more harmless than what the digest was made of."""


def dressed_up(name: str) -> str:
    """Return the parameter that shows another value than was digested."""
    return json.dumps([{**detail_of(), name: PRETTIER[name]}])


def test_every_member_that_can_differ_is_tried() -> None:
    fixed = {"type", "hash_alg", "locations"}

    assert PRETTIER.keys() | fixed == detail_of().keys()


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize("name", PRETTIER)
def test_other_values_than_were_digested_are_refused_before_anybody_is_asked(
    name: str, desk: RelyingParty, person: User
) -> None:
    asker = make_asker(
        resources=(WAREHOUSE,), authorization_details_types=desk.client.authorization_details_types
    )
    wrong = dressed_up(name)
    desk.sign_in(person)

    pushed = desk.push(authorization_details=wrong)
    arrived = desk.authorize(authorization_details=wrong)
    asked = asker.ask(scope="openid", authorization_details=wrong)

    assert_oauth_error(pushed, "invalid_authorization_details")
    assert "digest" in pushed.json()["error_description"]
    assert_redirected_error(arrived, "invalid_authorization_details")
    assert_oauth_error(asked, "invalid_authorization_details")
    for model in (ConsentRequest, BackchannelRequest, PushedAuthorizationRequest, Approval):
        assert not model.objects.exists()


@pytest.mark.spec("RFC 9396", "8")
@pytest.mark.parametrize("name", PRETTIER)
def test_token_request_cannot_dress_up_what_was_approved(
    name: str, desk: RelyingParty, person: User
) -> None:
    code = desk.obtain_code(person, authorization_details=json.dumps([detail_of()]))

    refused = desk.exchange(code, authorization_details=dressed_up(name))

    assert_oauth_error(refused, "invalid_authorization_details")
    assert Approval.objects.get().state == ApprovalState.APPROVED


@pytest.fixture
def payments(_provider: None) -> AuthorizationDetailsType:
    """A type that an administrator wrote, with members at every depth."""
    money = {
        "type": "object",
        "properties": {"value": {"type": "number"}, "currency": {"type": "string"}},
    }
    example = {
        "type": "urn:example:payment", "locations": [WAREHOUSE], "actions": ["initiate"],
        "amount": {"value": 120.5, "currency": "EUR"}, "note": "Invoice 7", "is_urgent": False,
        "creditors": [{"name": "Merchant", "iban": "DE02"}],
    }  # fmt: skip
    properties: dict[str, Any] = {
        "type": {"const": example["type"]}, "locations": {"type": "array"},
        "actions": {"type": "array"}, "amount": money, "note": {"type": "string"},
        "is_urgent": {"type": "boolean"}, "creditors": {"type": "array"},
    }  # fmt: skip
    schema = {
        "type": "object", "additionalProperties": False, "required": ["type"],
        "properties": properties,
    }  # fmt: skip
    row = AuthorizationDetailsType(
        type=example["type"], title="Payment", sentence="Pay {amount}.", schema=schema,
        example=example, single_use=True,
    )  # fmt: skip
    row.full_clean()
    row.save()
    return row


@pytest.fixture
def minted(desk: RelyingParty, person: User) -> Callable[[dict[str, Any]], Approval]:
    """Let a person approve a detail, and mint its token."""

    def mint(detail: dict[str, Any]) -> Approval:
        desk.client.authorization_details_types.append(detail["type"])
        desk.client.save()
        terms = terms_for(all_types()[detail["type"]])
        lodging = Lodging(desk.client.pk, person.pk, detail, WAREHOUSE, terms=terms)
        approval = lodge(lodging, CONTEXT)
        ballot = a_ballot(approval, VoteOutcome.APPROVE)
        vote(approval, person.pk, ballot, CONTEXT)
        until = timezone.now() + timedelta(seconds=60)
        assert mint_token(approval.pk, str(uuid4()), until)
        return Approval.objects.get(pk=approval.pk)

    return mint


def used(approval: Approval, detail: dict[str, Any]) -> Consumption:
    """Use an approval up as a resource server that is about to do this."""
    return use(approval, approval.jti, detail_digest=detail_digest(detail))


def test_any_one_change_to_a_detail_of_any_type_is_not_what_was_approved(
    payments: AuthorizationDetailsType, minted: Callable[[dict[str, Any]], Approval]
) -> None:
    AuthorizationDetailsType.objects.create(**files_type())
    assert len(all_types()) >= 3

    for entry in all_types().values():
        detail = {**entry.example, "locations": [WAREHOUSE]}
        approval = minted(detail)
        for what, changed in altered(detail):
            refusal = used(approval, changed).refusal
            assert refusal is UseRefusal.MISMATCH, f"{entry.type}: {what}"
        assert used(approval, detail), entry.type


def test_token_response_and_introspection_say_the_digest_of_the_whole_detail(
    desk: RelyingParty, person: User, warehouse: Warehouse, payments: AuthorizationDetailsType
) -> None:
    desk.client.authorization_details_types = [payments.type]
    desk.client.save()
    tokens = desk.obtain_tokens(person, authorization_details=json.dumps([payments.example]))

    (told,) = tokens["authorization_details"]
    (carried,) = verified(tokens["access_token"])["authorization_details"]
    (seen,) = warehouse.introspect(tokens["access_token"]).json()["authorization_details"]

    assert told == carried == seen
    assert told["detail_digest"] == detail_digest(payments.example) == detail_digest(told)
    other = detail_digest({**told, "note": "x"})
    assert_oauth_error(warehouse.consume(tokens, detail_digest=other), "invalid_grant")
    assert Approval.objects.get().state == ApprovalState.MINTED
    assert warehouse.consume(tokens).json()["consumed"] is True


def test_use_goes_by_what_the_token_carries_of_what_was_approved(
    desk: RelyingParty, person: User, warehouse: Warehouse, payments: AuthorizationDetailsType
) -> None:
    payments.may_be_narrowed = True
    payments.save()
    desk.client.authorization_details_types = [payments.type]
    desk.client.save()
    both = {**payments.example, "actions": ["initiate", "cancel"]}
    code = desk.obtain_code(person, authorization_details=json.dumps([both]))

    tokens = desk.exchange(code, authorization_details=json.dumps([payments.example])).json()

    (carried,) = tokens["authorization_details"]
    assert carried["detail_digest"] == detail_digest(payments.example)
    assert_oauth_error(
        warehouse.consume(tokens, detail_digest=detail_digest(both)), "invalid_grant"
    )
    assert warehouse.consume(tokens).json()["consumed"] is True
