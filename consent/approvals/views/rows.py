"""The rows of the inbox as HTML. What rows have in common is rendered once."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from consent.approvals.models import Approval, ApprovalState
from foundation.base.texts.dates import DatesInWords
from foundation.base.texts.fragments import Fragment, joined, row_addresses
from foundation.base.texts.legible import in_a_line

MOST_NAMED = 3
"""So many names of data a row has, of however many there are."""

ROW = Fragment(
    "consent/approvals/row.html",
    texts=["path", "person", "application", "datatypes", "code", "moment", "machine_readable"],
    conditions=["state", "has_person", "has_datatypes", "is_waiting"],
)
DATATYPE = Fragment("consent/approvals/datatype.html", texts=["name"])


class StateFacts(NamedTuple):
    """Where an approval stands: what its badge says."""

    state: str
    has_run_out: bool
    is_break_glass: bool

    def get_state_display(self) -> Any:
        """Return it in words, as the model does."""
        return ApprovalState(self.state).label


def inbox_rows(approvals: Iterable[Approval], *, heap: str) -> SafeString:
    """Return the rows of one heap; `client` and `requester` must have been fetched."""
    rows = _Rows(heap)
    return joined(rows.row(approval) for approval in approvals)


class _Rows:
    """Draws the rows of one page."""

    def __init__(self, heap: str) -> None:
        route = "approval_waiting" if heap == "mine" else "approval"
        self.is_waiting = heap == "waiting"
        self.path = row_addresses(f"consent:{route}")
        self.language = get_language() or ""
        self.dates = DatesInWords()

    def row(self, approval: Approval) -> SafeString:
        moment = approval.expires_at if self.is_waiting else approval.created_at
        requester = approval.requester
        datatypes = self._datatypes(approval.detail.get("datatypes"))
        texts = {
            "path": self.path(approval.pk),
            "person": in_a_line(requester.get_full_name()) if requester else "",
            "application": in_a_line(approval.client.name),
            "datatypes": datatypes,
            "code": in_a_line(approval.binding_code),
            "moment": self.dates.minute(moment),
            "machine_readable": self.dates.machine_readable(moment),
        }
        state = StateFacts(approval.state, approval.has_run_out, approval.is_break_glass)
        return ROW.draw(
            self.language, texts, state, requester is not None, bool(datatypes), self.is_waiting
        )

    def _datatypes(self, names: Any) -> SafeString:
        listed: Sequence[Any] = names if isinstance(names, list) else ()
        shown = [
            DATATYPE.draw(self.language, {"name": in_a_line(str(name))})
            for name in listed[:MOST_NAMED]
        ]
        more = ", …" if len(listed) > MOST_NAMED else ""
        return SafeString(", ".join(shown) + more)
