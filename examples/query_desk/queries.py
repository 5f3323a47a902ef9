"""What may be asked of the Warehouse: the form, and some queries to begin with."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from query_desk.remote.refusals import Refusal
from query_desk.sign_in import AccessToken

DATASOURCE = "warehouse"
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Query:
    """One query as somebody wrote it; it is sent exactly like this."""

    statement: str
    parameters: Mapping[str, Any]
    max_rows: int
    purpose: str

    def as_json(self) -> dict[str, Any]:
        """Return the body of the request to the Warehouse."""
        return {"datasource": DATASOURCE, **asdict(self)}

    @property
    def parameter_lines(self) -> str:
        """The parameters as the form has them."""
        return "\n".join(f"{name} = {_written(value)}" for name, value in self.parameters.items())


@dataclass(frozen=True)
class Prepared:
    """A query to pick."""

    key: str
    title: str
    hint: str
    query: Query


@dataclass
class Run:
    """One query and what became of it."""

    query: Query
    result: Mapping[str, Any] | None = None
    refusal: Refusal | None = None
    problem: str = ""
    """Why there is neither, in words."""
    token: AccessToken | None = field(default=None, repr=False)
    """The token that is good for this query alone, when there is one."""
    replay: Refusal | None = None
    """What the Warehouse said when that token was used again."""
    needs_sign_in: bool = False
    """Whether signing in again could help."""

    @property
    def approval(self) -> Mapping[str, Any]:
        """What the provider says of the approval behind the token; empty without one."""
        return self.token.details[0] if self.token and self.token.details else {}


PREPARED = (
    Prepared(
        "regions",
        "Revenue by region",
        "covered by what you granted",
        Query(
            "SELECT region, count(*) AS payments, sum(amount) AS total\n"
            "FROM finance.payments\n"
            "WHERE paid_on >= :since\n"
            "GROUP BY region\n"
            "ORDER BY total DESC",
            {"since": "2026-01-01"},
            20,
            "Quarterly report",
        ),
    ),
    Prepared(
        "budgets",
        "Budgets",
        "takes a sign-in with two factors",
        Query(
            "SELECT project, quarter, planned, spent\n"
            "FROM finance.budgets\n"
            "ORDER BY project, quarter",
            {},
            20,
            "Quarterly report",
        ),
    ),
    Prepared(
        "salaries",
        "Salaries",
        "you approve each query yourself",
        Query(
            "SELECT name, title, salary\nFROM hr.employees\nORDER BY salary DESC, id",
            {},
            10,
            "Yearly salary review",
        ),
    ),
    Prepared(
        "cards",
        "Card numbers",
        "the owner of the data approves",
        Query(
            "SELECT id, paid_on, amount, card_number\n"
            "FROM finance.payments\n"
            "WHERE method = 'card'\n"
            "ORDER BY amount DESC, id",
            {},
            10,
            "Chargeback 2026-114",
        ),
    ),
    Prepared(
        "delete",
        "Delete a payment",
        "forbidden, whoever asks",
        Query("DELETE FROM finance.payments WHERE id = 1", {}, 1, "A mistake"),
    ),
)
"""The story, in the order it is told."""


class FormError(Exception):
    """The form cannot be used; the text says why."""


def prepared(key: str) -> Query:
    """Return the query of that key, the first one for any other."""
    return next((entry.query for entry in PREPARED if entry.key == key), PREPARED[0].query)


def from_form(form: Mapping[str, str]) -> Query:
    """Read the form; raises `FormError`."""
    # A form sends line ends as CRLF; people approve what the Warehouse gets, so it gets plain ones.
    statement = form.get("statement", "").replace("\r\n", "\n").strip()
    if not statement:
        raise FormError("Write a statement, or pick one.")
    rows = form.get("max_rows", "").strip()
    if not (rows.isascii() and rows.isdecimal() and 0 < int(rows[:9]) <= MOST_ROWS):
        raise FormError(f"The number of rows is between 1 and {MOST_ROWS}.")
    parameters = _parameters(form.get("parameters", ""))
    return Query(statement, parameters, int(rows), form.get("purpose", "").strip())


def _parameters(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not name or name in found:
            raise FormError("Parameters are lines such as: since = 2026-01-01")
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    """Read numbers, true, false, null and quoted text as JSON has them; the rest is text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    is_odd = isinstance(value, float) and not math.isfinite(value)
    return text if is_odd or isinstance(value, dict | list) else value


def _written(value: Any) -> str:
    if isinstance(value, str) and _value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
