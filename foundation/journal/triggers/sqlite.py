"""The triggers of the history on SQLite. Named `history_<table>__<what is refused>`.

`INSERT OR REPLACE` and `UPDATE OR REPLACE` remove rows without asking a DELETE trigger; so a row
whose key is taken already is left out before it comes to that.
"""

UNCHANGED = (
    "id",
    "at",
    "kind",
    "actor",
    "client_id",
    "grant_id",
    "scope",
    "text_version",
    "locale",
    "acr",
    "detail",
    "personal_digest",
    "seal",
)
BLANKED = (
    "salt",
    "actor_id",
    "address",
    "user_agent",
    "reason",
    "shown",
    "shared_email",
    "other_id",
)

_SELECT = "SELECT 1 FROM"


def _refuse(table: str, what: str, unless: str = "") -> tuple[str, str]:
    name = f"history_{table}__{what}"
    when = f"WHEN NOT ({unless}) " if unless else ""
    return name, (
        f"CREATE TRIGGER {name} BEFORE {what.upper()} ON {table} FOR EACH ROW {when}"
        "BEGIN SELECT RAISE(ABORT, 'The history is never changed'); END"
    )


def _no_replacement(table: str, taken: str) -> tuple[str, str]:
    name = f"history_{table}__insert"
    return name, (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW "
        f"WHEN EXISTS ({_SELECT} {table} WHERE {taken}) BEGIN SELECT RAISE(IGNORE); END"
    )


_free = f"NOT EXISTS ({_SELECT} journal_act WHERE number = NEW.number)"
_same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in UNCHANGED)
_blank = " AND ".join(f"NEW.{column} = ''" for column in BLANKED)
_sealed = "SELECT 1 FROM journal_segment WHERE OLD.number BETWEEN first AND last"
_sealed_act = (
    "SELECT 1 FROM journal_act, journal_segment "
    "WHERE id = OLD.act_id AND number BETWEEN first AND last"
)
TRIGGERS = dict(
    [
        _refuse(
            "journal_act",
            "update",
            f"OLD.number IS NULL AND NEW.number IS NOT NULL AND {_free} AND {_same}",
        ),
        _refuse("journal_act", "delete", f"EXISTS ({_sealed})"),
        _no_replacement("journal_act", "id = NEW.id OR number = NEW.number"),
        _refuse(
            "journal_personalpart",
            "update",
            "OLD.erased_in IS NULL AND NEW.erased_in IS NOT NULL AND NEW.erased_mac <> '' "
            f"AND NEW.act_id IS OLD.act_id AND NEW.person_id IS NULL AND {_blank}",
        ),
        _refuse("journal_personalpart", "delete", f"EXISTS ({_sealed_act})"),
        _no_replacement("journal_personalpart", "act_id = NEW.act_id"),
        _refuse("journal_chainhead", "update", "NEW.id IS OLD.id AND NEW.number > OLD.number"),
        _refuse("journal_chainhead", "delete"),
        _no_replacement("journal_chainhead", "id = NEW.id"),
        _refuse("journal_segment", "update"),
        _refuse("journal_segment", "delete"),
        _no_replacement("journal_segment", "first = NEW.first OR last = NEW.last"),
    ]
)
