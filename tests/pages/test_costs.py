"""What pages of a person may cost in function calls and statements, with a year behind them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.budgets import calls_of, visit
from tests.busy_person import make_busy_person

BUDGETS = {
    "my access": (16_600, 7),
    "inbox": (14_600, 7),
    "history": (10_500, 3),
    "consent": (8_850, 9),
    "approval": (12_000, 12),
}
"""Page: function calls of Python and C, statements; those whose visit is an act come last."""


def test_pages_of_a_busy_person_keep_to_their_budgets(provider: None, still: None) -> None:
    busy = make_busy_person()
    cost = {}
    for name in BUDGETS:
        page = visit(busy.pages[name], browser=busy.browser)
        assert page().status == 200
        with CaptureQueriesContext(connection) as asked:
            busy.browser.get(busy.pages[name])
        statements = len(asked)  # before another request empties the list
        cost[name] = (calls_of(page), statements)

    over = {
        name: found
        for name, found in cost.items()
        if found[0] > BUDGETS[name][0] or found[1] > BUDGETS[name][1]
    }
    assert over == {}, cost
