"""Everything that may be used once, used many times at once (design.md section 10, rule 2)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from consent.approvals.models import Approval, ApprovalState
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from idp.models import RefreshToken
from tests.approvals.test_races import at_once
from tests.flows.approvals.warehouse import Warehouse, details
from tests.relying_party import RelyingParty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

USES = 100
EXCHANGES = 20


def outcomes(responses: list[HttpResponse]) -> Counter[tuple[int, str]]:
    return Counter(
        (response.status_code, response.json().get("error", "")) for response in responses
    )


def many(call: Callable[[], Any], times: int) -> list[Any]:
    return at_once(*[call] * times)


def test_one_of_a_hundred_uses_of_a_token_wins(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    tokens = desk.obtain_tokens(person, authorization_details=details())

    responses = many(lambda: warehouse.consume(tokens), USES)

    assert outcomes(responses) == {(200, ""): 1, (400, "invalid_grant"): USES - 1}
    assert Act.objects.filter(kind=Kind.QUERY_CONSUMED).count() == 1
    assert Act.objects.filter(kind=Kind.QUERY_REPLAYED).count() == USES - 1


def test_one_of_many_exchanges_of_a_code_mints_the_approval(
    desk: RelyingParty, person: User
) -> None:
    code = desk.obtain_code(person, authorization_details=details())

    responses = many(lambda: desk.exchange(code), EXCHANGES)

    assert outcomes(responses) == {(200, ""): 1, (400, "invalid_grant"): EXCHANGES - 1}
    assert RefreshToken.objects.count() == 1
    assert Act.objects.filter(kind=Kind.QUERY_MINTED).count() == 1
    assert Approval.objects.get().state in {ApprovalState.MINTED, ApprovalState.REVOKED}
