"""The load of `failover.py`, the ledger of what was answered, and its comparison."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.db import connections

from bench.over_http.race_kinds import FORM, Item, Request, Stage, acts_of
from consent.approvals.models import Approval
from foundation.base.secrets import matches
from foundation.journal.models import Kind as ActKind, MintedToken
from idp.models import RefreshToken

CODES, CHAINS, TOKENS = 400, 6, 200
TIMEOUT = 4.0
"""Seconds that a client waits; then it asks the other provider."""
PAUSE = 0.05
Web = tuple[str, int]


@dataclass
class Answered:
    """What came of one request that was sent until it was answered."""

    status: int
    body: dict[str, Any]
    tries: int


@dataclass
class Ledger:
    """Everything that was answered, and when something was not."""

    codes: list[tuple[str, Answered]] = field(default_factory=list)
    chains: dict[Any, list[str]] = field(default_factory=dict)
    consumed: list[tuple[Any, Answered]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[float] = field(default_factory=list)
    successes: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int) -> None:
        """Count an answer; 0: none came."""
        with self.lock:
            self.statuses[status] += 1
            good = 0 < status < 500
            (self.successes if good else self.failures).append(time.monotonic())


class Load:
    """Threads that use up what was made for them, at both providers."""

    def __init__(self, webs: Sequence[Web], seconds: float) -> None:
        self.webs, self.seconds = webs, seconds
        self.stage, self.ledger = Stage(), Ledger()
        self.families = [self.stage.new_family() for _ in range(CHAINS)]
        self.codes = [self.stage.new_code() for _ in range(CODES)]
        self.tokens = [_item_of(self.stage.consume) for _ in range(TOKENS)]
        self.events: list[tuple[float, str]] = []
        self._threads = [
            *(threading.Thread(target=self._rotate, args=family) for family in self.families),
            *(threading.Thread(target=self._exchange, args=[n]) for n in range(2)),
            *(threading.Thread(target=self._consume, args=[n]) for n in range(2)),
        ]

    def wait_for_providers(self) -> None:
        """Return once both are ready."""
        for web in self.webs:
            _wait_for(web)

    def start(self) -> None:
        """Begin."""
        self.began = time.monotonic()
        self.ends_at = self.began + self.seconds
        for thread in self._threads:
            thread.start()

    def note(self, event: str) -> None:
        """Remember when something happened."""
        self.events.append((time.monotonic(), event))

    def join(self) -> None:
        """Return when everything that was begun has been answered."""
        for thread in self._threads:
            thread.join()

    def send(self, request: Request, first: int) -> Answered:
        """Send until somebody answers, in turns to each provider."""
        tries = 0
        while True:
            status, body = _ask(self.webs[(first + tries) % len(self.webs)], request)
            tries += 1
            self.ledger.note(status)
            if 0 < status < 500:
                return Answered(status, body, tries)
            time.sleep(PAUSE)

    def _rotate(self, family: Any, token: str) -> None:
        given = self.ledger.chains[family] = []
        while time.monotonic() < self.ends_at:
            form = urlencode({"grant_type": "refresh_token", "refresh_token": token})
            answer = self.send(("POST", "/token", {**FORM, **self.stage.basic}, form), len(given))
            if answer.status != 200:
                given.append(f"refused after {answer.tries}: {answer.body}")
                return
            token = answer.body["refresh_token"]
            given.append(token)

    def _exchange(self, number: int) -> None:
        for code in self.codes[number::2]:
            if time.monotonic() > self.ends_at:
                return
            answer = self.send(self.stage.exchange_of(code), number)
            self.ledger.codes.append((code, answer))
            time.sleep(self.seconds / CODES)

    def _consume(self, number: int) -> None:
        for approval, request in self.tokens[number::2]:
            if time.monotonic() > self.ends_at:
                return
            answer = self.send(request, number)
            self.ledger.consumed.append((approval, answer))
            time.sleep(self.seconds / TOKENS)


def report(load: Load, busy: float) -> int:
    """Compare what was answered with the database; print both; return the exit status."""
    connections.close_all()
    ledger, faults = load.ledger, []
    for family, given in load.ledger.chains.items():
        faults += _chain(family, given)
    faults += _codes(load)
    faults += _consumes(load)
    for at, event in load.events:
        print(f"{at - load.began:6.1f} s  {event}")
    told = " ".join(f"{status}:{count}" for status, count in sorted(ledger.statuses.items()))
    print(f"answers, 0 for none: {told}")
    print(
        f"rotations {sum(map(len, ledger.chains.values()))} in {len(ledger.chains)} chains, ",
        end="",
    )
    print(f"codes {len(ledger.codes)}, consumed {len(ledger.consumed)}, load average {busy:.1f}")
    if ledger.failures:
        first, last = min(ledger.failures), max(ledger.failures)
        after = [at for at in ledger.successes if at > load.events[-1][0]]
        print(
            f"no answer or 5xx for {last - first:.1f} s; first success "
            f"{min(after) - load.events[-1][0]:.2f} s after the promotion"
        )
    print("\n".join(faults) or "nothing lost, nothing twice")
    return 1 if faults else 0


def _chain(family: Any, given: list[str]) -> list[str]:
    if not given or (given[-1].startswith("refused") and "after 1:" in given[-1]):
        return [f"chain {family}: {given[-1:]}"]
    if given[-1].startswith("refused"):
        rotations = RefreshToken.objects.values_list("rotations", flat=True).get(pk=family)
        if rotations < len(given) - 1:
            return [f"chain {family}: {len(given) - 1} were given, {rotations} are written"]
        # Its last answer was lost, and it asked again when REFRESH_GRACE was over.
        print(f"chain {family} has to sign in again, {given[-1].partition(':')[0]} tries")
        return []
    row = RefreshToken.objects.get(pk=family)
    noted = MintedToken.objects.filter(family=family, rotation__gt=0).count()
    found = []
    if not matches(given[-1].partition(".")[2], row.token_checksum):
        found.append(f"chain {family}: the token that was given last is not in force")
    if row.rotations < len(given):
        found.append(f"chain {family}: {len(given)} were given, {row.rotations} are written")
    if len(set(given)) < len(given):
        found.append(f"chain {family}: one token was given twice")
    if noted and noted != row.rotations:
        found.append(f"chain {family}: {noted} noted, {row.rotations} written")
    return found


def _codes(load: Load) -> list[str]:
    found = []
    for code, answer in load.ledger.codes:
        if answer.status == 200:
            handle = answer.body["refresh_token"].partition(".")[0]
            if not RefreshToken.objects.filter(handle=handle).exists():
                found.append("a code was exchanged and its family is lost")
            status, _ = _ask(load.webs[-1], load.stage.exchange_of(code))
            if status == 200:
                found.append("a code was exchanged twice")
        elif answer.tries == 1:
            found.append(f"a code was refused at once: {answer.body}")
    return found


def _consumes(load: Load) -> list[str]:
    found = []
    for pk, answer in load.ledger.consumed:
        uses = acts_of(Approval.objects.get(pk=pk), ActKind.QUERY_CONSUMED)
        if uses > 1 or (answer.status == 200 and uses != 1):
            found.append(f"approval {pk}: answered {answer.status}, {uses} acts")
        if answer.status != 200 and answer.tries == 1:
            found.append(f"approval {pk}: refused at once: {answer.body}")
    used = {pk for pk, answer in load.ledger.consumed if answer.status == 200}
    for pk, request in load.tokens:
        if pk in used and _ask(load.webs[-1], request)[0] == 200:
            found.append(f"approval {pk}: consumed twice")
    return found


def _item_of(make: Callable[[], Item]) -> tuple[str, Request]:
    request = make().requests[0]
    return request[1].split("/")[2], request


def _ask(web: Web, request: Request) -> tuple[int, dict[str, Any]]:
    method, path, headers, body = request
    connection = HTTPConnection(*web, timeout=TIMEOUT)
    try:
        connection.request(method, path, body or None, {"Host": "localhost:8000", **headers})
        response = connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content[:1] == b"{" else {}
    except (OSError, HTTPException):
        return 0, {}
    finally:
        connection.close()


def _wait_for(web: Web) -> None:
    deadline = time.monotonic() + 120
    while _ask(web, ("GET", "/readyz", {}, ""))[0] != 200:
        if time.monotonic() > deadline:
            raise RuntimeError("the provider is not ready")
        time.sleep(0.3)
