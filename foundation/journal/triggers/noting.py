"""Triggers that note every change of a table, whoever makes it and by whatever statement.

A note is a row of `journal_change`, written within the statement that is the change: which table,
the declared columns before and after, which secret ones were replaced, and who said to be at work.
On SQLite, where a connection has no settings, the last two come from functions of this process
(`foundation/journal/changes/acting.py`): a program without them cannot change such a table at all.
"""

from collections.abc import Sequence

from foundation.journal.keys import IN_SQL, RANDOM_TAIL
from foundation.journal.triggers.append_only import REFUSING, no_truncating
from foundation.journal.triggers.declared import Triggers

AUTHOR = "scopeward_author"
"""Who is at work: a setting of the connection on PostgreSQL, after a dot; a function on SQLite."""
SETTING = "scopeward.author"
NOW = "scopeward_now"
KEY = "scopeward_key"
"""The key of the act that a note becomes; a function on SQLite."""
_INTO = "INSERT INTO journal_change (act, at, source, verb, before, after, secrets, author)"
_KEY = IN_SQL.format(moment="moment", tail=RANDOM_TAIL)
_NOTE = f"""
DECLARE
    told text[] := string_to_array(TG_ARGV[0], ' ');
    hidden text[] := string_to_array(TG_ARGV[1], ' ');
    old_row jsonb; new_row jsonb; before jsonb; after jsonb; secrets text := '';
    moment timestamptz := clock_timestamp();
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
        before := (SELECT jsonb_object_agg(key, value) FROM jsonb_each(old_row)
                   WHERE key = ANY (told));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
        after := (SELECT jsonb_object_agg(key, value) FROM jsonb_each(new_row)
                  WHERE key = ANY (told));
    END IF;
    IF TG_OP = 'UPDATE' THEN
        secrets := array_to_string(ARRAY(
            SELECT name FROM unnest(hidden) AS name
            WHERE old_row -> name IS DISTINCT FROM new_row -> name), ' ');
        IF before = after AND secrets = '' THEN RETURN NULL; END IF;
    END IF;
    {_INTO}
    VALUES ({_KEY}, moment, TG_TABLE_NAME, lower(TG_OP), before, after,
            secrets, coalesce(current_setting('{SETTING}', true), ''));
    RETURN NULL;
END
"""  # noqa: S608 - constants


def noting(table: str, columns: Sequence[tuple[str, bool]], secret: Sequence[str]) -> Triggers:
    """Return the triggers of a table. `columns` are those told, each with whether it is JSON."""
    names = " ".join(name for name, _ in columns)
    call = f"EXECUTE FUNCTION journal_note('{names}', '{' '.join(secret)}')"
    name = f"noted_{table}"
    events = f"AFTER INSERT OR DELETE OR UPDATE ON {table}"
    on_postgresql = {name: f"CREATE TRIGGER {name} {events} FOR EACH ROW {call}"}
    return Triggers(
        tables=(table,),
        statements={
            "postgresql": on_postgresql | dict([no_truncating(table)]),
            "sqlite": dict(
                _on_sqlite(table, verb, columns, secret) for verb in ("insert", "update", "delete")
            ),
        },
        functions={"journal_note": _NOTE, **REFUSING},
        without=f"{table} can be changed without an act",
        refuses=False,
    )


def _on_sqlite(
    table: str, verb: str, columns: Sequence[tuple[str, bool]], secret: Sequence[str]
) -> tuple[str, str]:
    name = f"noted_{table}__{verb}"
    before = "NULL" if verb == "insert" else _row("OLD", columns)
    after = "NULL" if verb == "delete" else _row("NEW", columns)
    secrets, when = "''", ""
    if verb == "update":
        secrets = "rtrim(" + " || ".join(["''", *map(_if_replaced, secret)]) + ")"
        differ = [_differs(column) for column, _ in columns] + [_differs(each) for each in secret]
        when = f"WHEN {' OR '.join(differ)} "
    values = f"{KEY}(), {NOW}(), '{table}', '{verb}', {before}, {after}, {secrets}, {AUTHOR}()"
    return name, (
        f"CREATE TRIGGER {name} AFTER {verb.upper()} ON {table} FOR EACH ROW {when}"
        f"BEGIN {_INTO} VALUES ({values}); END"
    )


def _row(which: str, columns: Sequence[tuple[str, bool]]) -> str:
    members = (
        f"'{name}', " + (f'json({which}."{name}")' if is_json else f'{which}."{name}"')
        for name, is_json in columns
    )
    return f"json_object({', '.join(members)})"


def _differs(column: str) -> str:
    return f'OLD."{column}" IS NOT NEW."{column}"'


def _if_replaced(column: str) -> str:
    return f"CASE WHEN {_differs(column)} THEN '{column} ' ELSE '' END"
