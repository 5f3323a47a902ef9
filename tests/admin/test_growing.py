"""No list and no page of the administration asks or says more because there is more of anything."""

import copy
import re
import uuid
from itertools import count
from typing import Any, NamedTuple

import pytest
from django.db import connection, models
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from foundation.base.models import SigningKey
from tests.admin.test_conventions import ADMINS

FEW, MORE, LISTED = 6, 8, 5
"""Rows at first, rows that are added, and choices of a filter by other rows."""
ROWS = 25
MOST_BYTES, MOST_STATEMENTS = 60_000, 14
"""Of a list of so many rows."""
MOST_OF_A_PAGE = 200_000
"""Bytes: the forms of people and applications have the most fields."""
A_CHOICE = 640
"""Bytes: rows of configuration may be choices of a form, by a few words each."""
A_FEW = 500
"""Bytes: counts that have grown longer, and links where there is a second page now."""
NUMBERS = count(1_000)


class Cost(NamedTuple):
    """Of one page."""

    statements: int
    rows: int
    frame: int
    """Bytes around the rows."""


def cost(browser: Browser, address: str) -> Cost:
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
    assert answer.status_code == 200, address
    text = answer.content.decode()
    table = "".join(re.findall(r"<tbody>.*</tbody>", text, re.DOTALL))
    changes = (answer.context or {}).get("cl")
    shown = len(changes.result_list) if changes else 0
    return Cost(len(asked), len(table) // max(shown, 1) * ROWS, len(text) - len(table))


def another(row: models.Model) -> Any:
    """Return a row as this one, not yet saved, with values of its own in all that is unique."""
    new, number = copy.copy(row), next(NUMBERS)
    new._state = models.base.ModelState()
    for field in of_their_own(row):
        setattr(new, field.attname, varied(field, getattr(row, field.attname), number))
    return new


def of_their_own(row: models.Model) -> set[Any]:
    """Return the fields by which a row differs from all others."""
    options: Any = row._meta
    sets = [one.fields for one in options.constraints if isinstance(one, models.UniqueConstraint)]
    names = {name for fields in [*sets, *options.unique_together] for name in fields}
    return {field for field in options.concrete_fields if field.unique or field.name in names}


def varied(field: Any, value: Any, number: int) -> Any:
    if isinstance(field, models.AutoField):
        return None
    if value is None or field.choices or isinstance(field, models.BooleanField):
        return value
    if isinstance(field, models.ForeignKey):
        manager = field.related_model._base_manager
        (related,) = manager.bulk_create([another(manager.get(pk=value))])
        return related.pk
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    return (
        number if isinstance(field, models.IntegerField) else f"{number}{value}"[: field.max_length]
    )


def closed(row: models.Model) -> bool:
    """Return whether there is one row for each of a few things: no more of them come."""
    one_each = any(field.unique and field.choices for field in row._meta.concrete_fields)
    return one_each or isinstance(row, SigningKey)


def grow(rows: list[models.Model], number: int) -> None:
    for row in rows:
        type(row)._base_manager.bulk_create([another(row) for _ in range(number)])


@pytest.mark.usefixtures("one_of_everything", "still")
def test_more_rows_cost_no_page_more(browser: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr("console.common.lists.MOST_LISTED", LISTED)
    firsts = [(own, own.model._default_manager.first()) for own in ADMINS]
    there = [row for _own, row in firsts if row is not None and not closed(row)]
    grow(there, FEW)
    lists = [own.address("changelist") for own in ADMINS]
    pages = [own.address("change", row.pk) for own, row in firsts if row is not None]
    few = {address: cost(browser, address) for address in [*lists, *pages]}
    grow(there, MORE)
    more = {address: cost(browser, address) for address in [*lists, *pages]}

    assert len(there) > 15
    for address in lists:
        assert more[address].statements <= min(few[address].statements, MOST_STATEMENTS), address
        assert more[address].frame <= few[address].frame + A_FEW, address
        assert more[address].rows + more[address].frame <= MOST_BYTES, address
    for address in pages:
        assert more[address].statements <= min(few[address].statements, MOST_STATEMENTS), address
        assert more[address].frame <= few[address].frame + MORE * A_CHOICE, address
        assert more[address].rows + more[address].frame <= MOST_OF_A_PAGE, address
