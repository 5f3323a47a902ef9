"""Using an approval up, and saying what came of it: the provider is the only authority.

Nothing here is tried twice. When an answer is lost, nobody knows whether the approval was used, and
a second attempt could run the query a second time.
"""

import logging
import re
from typing import Any, Literal

from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._challenges.challenge import token_invalid, unavailable
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._provider.steps import Post, Reply, Steps

logger = logging.getLogger("scopeward_guard")

_APPROVAL_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
MAX_DETAIL_CHARACTERS = 200

Outcome = Literal["executed", "failed"]


class ConsumeAuthority:
    """`POST {issuer}/approvals/{approval_id}/consume` and `/report`, as the resource server."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def consume(self, approval_id: Any, *, token_id: str, digest: str) -> Steps[None]:
        """Use the approval up; returns only when this very call did it. Raises `RefusedError`.

        `digest` is that of the whole detail (`binding.detail_digest`), by what is about to be done.
        """
        url = self._address(approval_id, "consume")
        try:
            reply: Reply = yield Post(url, body={"jti": token_id, "detail_digest": digest})
            body = reply.json() if reply.status == 200 else {}
        except UnavailableError as error:
            logger.warning("approval %s not consumed: %s", approval_id, error)
            raise RefusedError(unavailable()) from error
        if body.get("consumed") is not True or body.get("approval_id") != approval_id:
            logger.warning("approval %s not consumed: status %d", approval_id, reply.status)
            raise RefusedError(token_invalid("This approval cannot be used, or was used already."))

    def report(
        self, approval_id: str, *, token_id: str, outcome: Outcome, rows: int, detail: str = ""
    ) -> Steps[bool]:
        """Say what came of it; returns whether the provider took note.

        Never raises: the query has run, and its result does not depend on the report. Without one
        the provider ends the approval as UNKNOWN.
        """
        body = {
            "jti": token_id,
            "outcome": outcome,
            "row_count": rows,
            "detail": detail[:MAX_DETAIL_CHARACTERS],
        }
        try:
            reply: Reply = yield Post(self._address(approval_id, "report"), body=body)
        except (UnavailableError, RefusedError) as error:
            logger.warning("approval %s not reported: %s", approval_id, error)
            return False
        return reply.status == 204

    def _address(self, approval_id: Any, verb: str) -> str:
        # It comes from a signed token, and still must not be able to name another address.
        if not isinstance(approval_id, str) or not _APPROVAL_ID.fullmatch(approval_id):
            raise RefusedError(token_invalid("The access token names no approval."))
        return f"{self._issuer}/approvals/{approval_id}/{verb}"
