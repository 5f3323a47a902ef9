"""Asking an Open Policy Agent beside this server instead of deciding in process.

The guard verifies the token; its claims go along as the subject's properties, and the rules that
the provider ships to OPA believe them because they come from here. So nobody else may reach this
OPA: it listens on this very machine, or behind https.
"""

import json
import logging
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from scopeward_guard._authzen import Decision, Evaluation, parse_decision
from scopeward_guard._base.errors import MalformedError, UnavailableError
from scopeward_guard._base.strict_json import parse_object
from scopeward_guard._provider.settings import is_safe_address

logger = logging.getLogger("scopeward_guard")

PATH = "v1/data/scopeward/decision"
MAX_ANSWER_BYTES = 1024 * 1024
DENIED = Decision(permit=False, reasons=("Nobody could decide.",))


class OpaPolicy:
    """A policy decision point behind OPA's Data API. Whatever is not a clear permit is a denial.

    `path` names the decision, ours or one of your own rules that gives the same members. A permit
    with an obligation that `understands` does not name is a denial; `timeout` is in seconds, for
    the whole answer. Raises `ValueError` for an address that is neither https nor this machine.
    """

    def __init__(
        self,
        url: str,
        path: str = PATH,
        timeout: float = 0.5,
        *,
        understands: Collection[str] = (),
        http: httpx.Client | None = None,
    ) -> None:
        if not is_safe_address(url) or urlsplit(url).query:
            raise ValueError("url: https, or http on this machine")
        self._address = f"{url.rstrip('/')}/{path.strip('/')}"
        self._understands = frozenset(understands)
        self._timeout = timeout
        self._http = http or httpx.Client(follow_redirects=False, trust_env=False)

    def decide(self, evaluation: Evaluation) -> Decision:
        """Return OPA's decision; a denial without a remedy when it gives none."""
        try:
            decision = parse_decision(self._ask(evaluation))
        except (httpx.HTTPError, MalformedError, UnavailableError, ValueError, TypeError) as error:
            logger.warning("OPA gave no decision: %s", error)
            return DENIED
        unknown = {duty.id for duty in decision.obligations} - self._understands
        if decision.permit and unknown:
            logger.error("OPA demands what this server cannot do: %s", sorted(unknown))
            return DENIED
        return decision

    def close(self) -> None:
        """Close the connections to OPA."""
        self._http.close()

    def _ask(self, evaluation: Evaluation) -> Mapping[str, Any]:
        asked = {"input": {**evaluation.as_json(), "claims_verified": True}}
        body = json.dumps(asked, allow_nan=False).encode()
        ends_at = time.monotonic() + self._timeout
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        with self._http.stream(
            "POST", self._address, content=body, headers=headers, timeout=self._timeout
        ) as response:
            if response.status_code != 200:
                raise UnavailableError(f"status {response.status_code}")
            content = _bounded(response, ends_at)
        result = parse_object(content, max_bytes=MAX_ANSWER_BYTES).get("result")
        if not isinstance(result, dict):
            raise MalformedError("the decision is undefined")
        return result


def _bounded(response: httpx.Response, ends_at: float) -> bytes:
    """Return the body; one that trickles in, or never ends, is none."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES or time.monotonic() > ends_at:
            raise UnavailableError("an answer that is too long, or too slow")
    return bytes(content)
