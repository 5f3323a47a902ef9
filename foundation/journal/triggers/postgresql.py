"""The triggers of the history on PostgreSQL. Named `history_<table>__<what is refused>`."""

REFUSE = "RAISE EXCEPTION 'The history is never changed' USING ERRCODE = 'restrict_violation';"


def _body(condition: str) -> str:
    return f"BEGIN {condition} {REFUSE} END"


FUNCTIONS = {
    "history_refuse": _body(""),
    "history_only_link": _body(
        """
        IF OLD.number IS NULL AND NEW.number IS NOT NULL
           AND to_jsonb(NEW) - '{number,hash,mac}'::text[]
               = to_jsonb(OLD) - '{number,hash,mac}'::text[]
        THEN RETURN NEW; END IF;
        """
    ),
    "history_only_sealed": _body(
        """
        IF EXISTS (SELECT 1 FROM journal_segment WHERE OLD.number BETWEEN first AND last)
        THEN RETURN OLD; END IF;
        """
    ),
    "history_only_erase": _body(
        """
        IF OLD.erased_in IS NULL AND NEW.erased_in IS NOT NULL AND NEW.act_id = OLD.act_id
           AND NEW.erased_mac <> '' AND NEW.person_id IS NULL
           AND NEW.salt || NEW.actor_id || NEW.address || NEW.user_agent || NEW.reason || NEW.shown
               || NEW.shared_email || NEW.other_id = ''
        THEN RETURN NEW; END IF;
        """
    ),
    "history_only_sealed_personal": _body(
        """
        IF EXISTS (SELECT 1 FROM journal_act, journal_segment
                   WHERE id = OLD.act_id AND number BETWEEN first AND last)
        THEN RETURN OLD; END IF;
        """
    ),
    "history_only_forward": _body(
        "IF NEW.id = OLD.id AND NEW.number > OLD.number THEN RETURN NEW; END IF;"
    ),
}
"""The body of each function, by its name."""

_WHAT = {
    ("journal_act", "update"): "history_only_link",
    ("journal_act", "delete"): "history_only_sealed",
    ("journal_personalpart", "update"): "history_only_erase",
    ("journal_personalpart", "delete"): "history_only_sealed_personal",
    ("journal_chainhead", "update"): "history_only_forward",
    ("journal_chainhead", "delete"): "history_refuse",
    ("journal_segment", "update"): "history_refuse",
    ("journal_segment", "delete"): "history_refuse",
}
TRIGGERS = {
    f"history_{table}__{what}": (
        f"CREATE TRIGGER history_{table}__{what} BEFORE {what.upper()} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    for (table, what), function in _WHAT.items()
} | {
    f"history_{table}__truncate": (
        f"CREATE TRIGGER history_{table}__truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()"
    )
    for table in ("journal_act", "journal_personalpart", "journal_chainhead", "journal_segment")
}
