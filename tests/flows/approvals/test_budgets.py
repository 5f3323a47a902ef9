"""What approvals cost in statements (design.md section 11)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.approvals.models import Approvers
from foundation.directory.models import User
from tests.approvals.asking import make_owner, make_rule
from tests.budgets import statements
from tests.flows.approvals.warehouse import Warehouse, details
from tests.relying_party import RelyingParty


def test_introspecting_a_query_token_takes_one_statement_more(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    tokens = desk.obtain_tokens(person, authorization_details=details())
    warehouse.introspect(tokens["access_token"])

    with CaptureQueriesContext(connection) as context:
        told: Any = warehouse.introspect(tokens["access_token"]).json()

    assert told["active"] is True
    assert len(statements(context)) <= 2


def test_an_ordinary_exchange_knows_nothing_of_approvals(desk: RelyingParty, person: User) -> None:
    desk.obtain_tokens(person)
    code = desk.obtain_code(person)

    with CaptureQueriesContext(connection) as context:
        assert desk.exchange(code).status_code == 200

    assert len(statements(context)) <= 2


@pytest.mark.parametrize("who", ["requester", "people", "owner"])
def test_screen_of_one_query_takes_at_most_twelve_statements(
    desk: RelyingParty, person: User, other_person: User, who: str
) -> None:
    if who == "owner":
        make_owner(other_person, "*")
    make_rule(Approvers(who), people=[other_person] if who == "people" else [])
    desk.sign_in(person)
    asked = desk.authorize(authorization_details=details())
    path = desk.follow(asked).request["PATH_INFO"]

    with CaptureQueriesContext(connection) as context:
        assert desk.browser.get(path).status_code == 200

    assert len(statements(context)) <= 12, "\n".join(statements(context))
