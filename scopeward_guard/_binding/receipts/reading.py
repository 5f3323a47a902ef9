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
SAID: dict[str, type] = {
    **dict.fromkeys(
        ("v", "iss", "approval", "answer", "person", "on_behalf_of", "audience", "detail"), str
    ),
    **dict.fromkeys(("shown", "policy_rev"), str),
    "at": int,
}
"""The members of a statement: these and no others."""
LATEST = 253402300799
"""The end of the year 9999."""
NO_RECEIPT = "it has been changed, or is no receipt"


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
        said = self.said
        at = datetime.fromtimestamp(said["at"], tz=UTC).isoformat()
        stands_in = f" on behalf of {said['on_behalf_of']}" if said["on_behalf_of"] else ""
        yield f"Person {said['person']}{stands_in} approved at {at}, on {said['iss']}:"
        card = _member(self.shown, "card")
        yield f"  {card.get('title', '')}"
        if sentence := _sentence(card):
            yield f"  {sentence}"
        yield f"  Application: {_member(self.shown, 'about').get('application', '')}"
        yield f"  Resource server: {said['audience']}"
        yield f"  Approval: {said['approval']}, by policy {said['policy_rev']}"
        yield f"  Exactly: {said['detail']}"
        yield f"  Signed with the key {self.assertion.fingerprint}"


def read(text: bytes) -> list[SignedYes]:
    """Return what a receipt has, good or not. Raises `MalformedError` for what is no receipt."""
    try:
        found = json.loads(text)
        if canonical(found) != text.strip() or found["v"] != RECEIPT or not found["signatures"]:
            raise MalformedError(NO_RECEIPT)
        signed = [_signed(item) for item in found["signatures"]]
    # Whoever nests a file deeply enough ends the reader.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedError(NO_RECEIPT) from error
    if len({(yes.said["iss"], yes.said["approval"]) for yes in signed}) > 1:
        raise MalformedError("it is put together from those of several approvals")
    if len({yes.said["person"] for yes in signed}) < len(signed):
        raise MalformedError("somebody is in it twice")
    return signed


def _signed(item: dict[str, Any]) -> SignedYes:
    said, shown = json.loads(item["statement"]), json.loads(item["shown"])
    if {name: type(value) for name, value in said.items()} != SAID or not isinstance(shown, dict):
        raise MalformedError(NO_RECEIPT)
    if not 0 <= said["at"] <= LATEST:
        raise MalformedError("it says to be of no time at all")
    assertion = Assertion.of_json(item["assertion"])
    flaw = flaw_of(assertion, said, said["iss"])
    if said["v"] != STATEMENT or canonical(said).decode() != item["statement"]:
        flaw = flaw or "it is under another kind of statement"
    if said["answer"] != "approve":
        flaw = flaw or "it is no yes"
    if hashlib.sha256(item["shown"].encode()).hexdigest() != said["shown"]:
        flaw = flaw or "something else was on the screen"
    return SignedYes(said, shown, assertion, flaw)


def _member(of: dict[str, Any], name: str) -> dict[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _sentence(card: dict[str, Any]) -> str:
    """Return what the card said in a sentence; each part comes with how it was set."""
    parts = card.get("sentence")
    pairs = parts if isinstance(parts, list) else []
    return "".join(str(pair[0]) for pair in pairs if isinstance(pair, list) and pair)
