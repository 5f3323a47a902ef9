"""The decision log is never changed, and nothing removed from it before it is old enough."""

from foundation.base.partitions.table import Partitioned
from foundation.journal.triggers.append_only import append_only
from foundation.journal.triggers.declared import together

_DECISION = (
    "SELECT 1 FROM policy_loggeddecision WHERE id = OLD.decision_id AND logged_at = OLD.logged_at"
)
DECISION_LOG = together(
    append_only("policy_loggeddecision", unless={"delete": "OLD.kept_until <= {now}"}),
    append_only(
        "policy_loggedname",
        unless={"delete": f"NOT EXISTS ({_DECISION} AND kept_until > {{now}})"},
    ),
    without="the database lets the decision log be changed",
)

PARTITIONS = Partitioned(
    "policy_loggeddecision",
    along=("policy_loggedname",),
    needed="kept_until > statement_timestamp()",
)
