"""The receipt of an approval: what people signed, and all that it takes to verify it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.digest import canonical
from scopeward_guard._binding.receipts.assertion import Assertion, flaw_of

RECEIPT = "scopeward-approval-receipt/1"
STATEMENT = "scopeward-approval/1"


@dataclass(frozen=True)
class SignedYes:
    """One yes: what was signed, what was on the screen, the signature."""

    said: dict[str, Any]
    shown: dict[str, Any]
    assertion: Assertion
    flaw: str
    """What is wrong with it; empty: nothing."""

    def in_words(self) -> Iterator[str]:
        """Yield lines that say who agreed to what, when, with which key."""
        card, said = self.shown.get("card", {}), self.said
        at = datetime.fromtimestamp(int(said["at"]), tz=UTC).isoformat()
        stands_in = f" on behalf of {said['on_behalf_of']}" if said["on_behalf_of"] else ""
        yield f"Person {said['person']}{stands_in} approved at {at}, on {said['iss']}:"
        yield f"  {card.get('title', '')}"
        if sentence := "".join(part for part, _ in card.get("sentence", ())):
            yield f"  {sentence}"
        yield f"  Application: {self.shown.get('about', {}).get('application', '')}"
        yield f"  Resource server: {said['audience']}"
        yield f"  Approval: {said['approval']}, by policy {said['policy_rev']}"
        yield f"  Exactly: {said['detail']}"
        yield f"  Signed with the key {self.assertion.fingerprint}"


def read(text: bytes) -> list[SignedYes]:
    """Return what a receipt has, good or not. Raises `MalformedError` for what is no receipt."""
    try:
        found = json.loads(text)
        if canonical(found) != text.strip() or found["v"] != RECEIPT or not found["signatures"]:
            raise MalformedError("it has been changed, or is no receipt")
        return [_signed(item) for item in found["signatures"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedError("it has been changed, or is no receipt") from error


def _signed(item: dict[str, Any]) -> SignedYes:
    said, shown = json.loads(item["statement"]), json.loads(item["shown"])
    assertion = Assertion.of_json(item["assertion"])
    flaw = flaw_of(assertion, said, said["iss"])
    if said["v"] != STATEMENT or canonical(said).decode() != item["statement"]:
        flaw = flaw or "it is under another kind of statement"
    if hashlib.sha256(item["shown"].encode()).hexdigest() != said["shown"]:
        flaw = flaw or "something else was on the screen"
    return SignedYes(said, shown, assertion, flaw)
