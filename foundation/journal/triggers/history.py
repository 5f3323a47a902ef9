"""The triggers of the history itself.

They let through exactly what the history does: linking an act once, blanking a personal part,
raising the head, removing rows behind a seal, and removing the note of a change that is an act now.
"""

from foundation.base.partitions.table import Partitioned
from foundation.journal.keys import FIRST_TAIL, IN_SQL
from foundation.journal.triggers.append_only import append_only
from foundation.journal.triggers.declared import together

UNCHANGED = (
    "id",
    "at",
    "kind",
    "actor",
    "client_id",
    "grant_id",
    "scope",
    "object_kind",
    "object_key",
    "text_version",
    "locale",
    "acr",
    "detail",
    "personal_digest",
    "seal",
)
"""Columns of an act; all the others are its place in the chain."""
BLANKED = (
    "salt",
    "actor_id",
    "address",
    "user_agent",
    "reason",
    "shown",
    "shared_email",
    "other_id",
    "changes",
)
"""Columns of a personal part that hold text."""

_same = " AND ".join(f"NEW.{column} {{is}} OLD.{column}" for column in UNCHANGED)
_blank = " AND ".join(f"NEW.{column} = ''" for column in BLANKED)
_next = "NEW.number > (SELECT number FROM journal_chainhead WHERE id = 1)"
"""Whoever links raises the head last, so no number comes twice, and nobody looks for one."""
_sealed = "SELECT 1 FROM journal_segment WHERE OLD.number BETWEEN first AND last"
_sealed_act = (
    "SELECT 1 FROM journal_act, journal_segment "
    "WHERE id = OLD.act_id AND number BETWEEN first AND last"
)

HISTORY = together(
    append_only(
        "journal_act",
        keys=("id", "number"),
        unless={
            "update": f"OLD.number IS NULL AND {_next} AND {_same}",
            "delete": f"EXISTS ({_sealed})",
        },
    ),
    append_only(
        "journal_personalpart",
        keys=("act_id",),
        unless={
            "update": "OLD.erased_in IS NULL AND NEW.erased_in IS NOT NULL AND NEW.erased_mac <> ''"
            f" AND NEW.act_id {{is}} OLD.act_id AND NEW.person_id IS NULL AND {_blank}",
            "delete": f"EXISTS ({_sealed_act})",
        },
    ),
    append_only(
        "journal_chainhead",
        unless={"update": "NEW.id {is} OLD.id AND NEW.number > OLD.number"},
    ),
    append_only("journal_segment", keys=("first", "last")),
    append_only(
        "journal_change",
        keys=("id", "act"),
        unless={"delete": "EXISTS (SELECT 1 FROM journal_act WHERE id = OLD.act)"},
    ),
    without="the database lets the history be changed",
)

PARTITIONS = Partitioned(
    "journal_act",
    along=("journal_personalpart",),
    every="month",
    by_type="uuid",
    bound=IN_SQL.format(moment="{moment}", tail=FIRST_TAIL),
    needed="SELECT (SELECT min(at) FROM %1$s WHERE number IS NULL) IS NOT NULL"
    " OR coalesce((SELECT max(number) FROM %1$s), 0)"
    " > (SELECT coalesce(max(last), 0) FROM journal_segment)",
    is_dropped_by_the_provider=False,
)
"""Both by their keys, which begin with the moment. Each answer about a month comes from an index:
it is asked once more while nobody can write."""
