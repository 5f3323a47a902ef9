"""The masks: what is shown in the place of a value. Each keeps NULL as NULL."""

from functools import cache

from sqlglot import exp, parse_one

from scopeward_guard._base.masks import ROUNDED_TO, is_mask
from scopeward_guard.sql._grammar.dialects import Dialect
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted

HASH = {
    "postgres": "ENCODE(SHA256(CONVERT_TO('{0}' || CAST(value AS TEXT), 'UTF8')), 'hex')",
    "duckdb": "SHA256('{0}' || CAST(value AS TEXT))",
}
TEMPLATES = {
    "null": "CASE WHEN FALSE THEN value END",
    "last4": (
        "CASE WHEN LENGTH(CAST(value AS TEXT)) > 8 THEN '•••• ' || RIGHT(CAST(value AS TEXT), 4)"
        " WHEN value IS NOT NULL THEN '••••' END"
    ),
    "year": "CAST(EXTRACT(YEAR FROM value) AS INT)",
    "round": "FLOOR(CAST(value AS DOUBLE PRECISION) / {0} + 0.5) * {0}",
}
"""`null` keeps the type of the column, so that sums and comparisons still parse; `last4` shows
nothing of values so short that four characters would be half of them."""

DEFAULTS = {"round": ROUNDED_TO}
"""What is meant when nothing stands after the colon."""


def masked(column: exp.Expr, mask: str, dialect: Dialect) -> exp.Expr:
    """Return the expression that is shown instead of the column. Raises SqlRefusedError.

    `mask` is `null`, `last4` (“•••• 1234”), `hash` or `hash:SALT` (SHA-256 in hexadecimal), `year`
    (of a date or time, a number), `round` or `round:STEP` (the nearest multiple of 1000 or STEP).
    """
    tree = _template(mask, dialect.name).copy()
    for value in list(tree.find_all(exp.Column)):
        value.replace(column.copy())
    return tree


@cache
def _template(mask: str, dialect: str) -> exp.Expr:
    if not is_mask(mask):
        raise SqlRefusedError(f"The mask {quoted(mask)} is not known.")
    kind, _, argument = mask.partition(":")
    template = HASH[dialect] if kind == "hash" else TEMPLATES[kind]
    return parse_one(template.format(argument or DEFAULTS.get(kind, "")), dialect=dialect)
