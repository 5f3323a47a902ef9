"""Tables that are only appended to: one declaration, triggers for PostgreSQL and for SQLite.

A condition is SQL that both understand over OLD and NEW, with `{is}` for "equal, or both NULL" and
`{now}` for the time of the database.

`INSERT OR REPLACE` and `UPDATE OR REPLACE` of SQLite remove rows without asking a DELETE trigger;
so a row whose key is taken already is left out before it comes to that.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from foundation.journal.triggers.declared import Triggers

NOTHING: Mapping[str, str] = MappingProxyType({})
REFUSE = "RAISE EXCEPTION '% is never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
REFUSING = {"history_refuse": f"BEGIN {REFUSE} END"}
"""The function that lets nothing through."""
_SQLITE = {"{is}": "IS", "{now}": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}
_POSTGRESQL = {"{is}": "IS NOT DISTINCT FROM", "{now}": "statement_timestamp()"}


def append_only(
    table: str,
    *,
    unless: Mapping[str, str] = NOTHING,
    keys: Sequence[str] = ("id",),
    without: str = "",
) -> Triggers:
    """Refuse UPDATE, DELETE, TRUNCATE and REPLACE of a table.

    `unless` lets through what fulfils a condition, of `update` or `delete`; `keys` are the columns
    that name a row, each by itself; `without` says what is so without the triggers.
    """
    verbs = {verb: unless.get(verb, "") for verb in ("update", "delete")}
    functions = dict(REFUSING)
    on_postgresql = dict([no_truncating(table)])
    for verb, condition in verbs.items():
        function = "history_refuse"
        if condition:
            function = f"history_{table}_{verb}"
            functions[function] = _body(condition, "NEW" if verb == "update" else "OLD")
        on_postgresql[_name(table, verb)] = _create(
            table, verb, f"EACH ROW EXECUTE FUNCTION {function}()"
        )
    on_sqlite = {
        _name(table, verb): _create(table, verb, f"EACH ROW {_when(condition)}{_abort(table)}")
        for verb, condition in verbs.items()
    }
    return Triggers(
        tables=(table,),
        statements={"postgresql": on_postgresql, "sqlite": on_sqlite | _no_replacing(table, keys)},
        functions=functions,
        without=without or f"the database lets {table} be changed",
    )


def no_truncating(table: str) -> tuple[str, str]:
    """Return the trigger of PostgreSQL that refuses to empty a table, by its name."""
    call = "EACH STATEMENT EXECUTE FUNCTION history_refuse()"
    return _name(table, "truncate"), _create(table, "truncate", call)


def _no_replacing(table: str, keys: Sequence[str]) -> dict[str, str]:
    taken = " OR ".join(f"{key} = NEW.{key}" for key in keys)
    is_taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608 - constants
    ignore = f"EACH ROW {is_taken} BEGIN SELECT RAISE(IGNORE); END"
    return {_name(table, "insert"): _create(table, "insert", ignore)}


def _name(table: str, verb: str) -> str:
    return f"history_{table}__{verb}"


def _create(table: str, verb: str, rest: str) -> str:
    return f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb.upper()} ON {table} FOR {rest}"


def _when(condition: str) -> str:
    return f"WHEN ({_in_words_of(_SQLITE, condition)}) IS NOT TRUE " if condition else ""


def _abort(table: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"


def _body(condition: str, row: str) -> str:
    condition = _in_words_of(_POSTGRESQL, condition)
    return f"BEGIN IF {condition} THEN RETURN {row}; END IF; {REFUSE} END"


def _in_words_of(words: Mapping[str, str], condition: str) -> str:
    for word, meaning in words.items():
        condition = condition.replace(word, meaning)
    return condition
