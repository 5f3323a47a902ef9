"""What a guard decided, on its way to the provider: every denial, and one in so many permits.

Whoever decides never waits: decisions are queued, and a thread of each process sends them in
batches. While the provider cannot be reached they wait; where there is no room, the oldest permits
go first. A batch that arrives twice is logged once.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from scopeward_guard._authzen import Decision, Entity, Evaluation
from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._base.log import logger
from scopeward_guard._base.per_process import PerProcess, Polling
from scopeward_guard._base.references import is_sampled, new_reference
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._provider.transport import Provider

PATH = "/policy/decisions"
MAX_DECISIONS = 100
MAX_BYTES = 200_000
"""Of one batch; the provider takes a little more."""
LONGEST_FACT = 500
NOT_FACTS = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "sid", "nonce", "scope", "grant_id", "txn"}
)
"""What a token says of itself. It stays here, and so does everything that is not plain."""

Logged = Mapping[str, Any]


class DecisionLog:
    """The log of one resource server. Called with a decision, it returns the reference to tell."""

    def __init__(
        self,
        provider: Provider,
        audience: str,
        *,
        permits: int = 10,
        interval: float = 1.0,
        room: int = 2_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._provider, self._audience, self._clock = provider, audience, clock
        self._permits_kept, self._room = permits, room
        self._denials: deque[Logged] = deque()
        self._permits: deque[Logged] = deque()
        self._lock = PerProcess(threading.Lock)
        self._polling = Polling(self.send, interval=interval, name="scopeward-guard-decisions")
        self.dropped = 0

    def __call__(self, evaluation: Evaluation, decision: Decision) -> str:
        """Queue a decision and return its reference, which is what to tell whoever is refused."""
        reference = new_reference()
        if decision.permit and not is_sampled(reference, self._permits_kept):
            return reference
        self._polling.ensure()
        entry = _wire(reference, self._clock(), evaluation, decision)
        with self._lock():
            self._queue_for(decision.permit).append(entry)
            while len(self._denials) + len(self._permits) > self._room:
                self._drop_oldest()
        return reference

    def send(self) -> None:
        """Send what is queued. What the provider cannot take now is kept for the next time."""
        while batch := self._take():
            try:
                self._deliver(batch)
            except (UnavailableError, RefusedError) as error:
                logger.warning("%d decisions are not logged yet: %s", len(batch), error)
                self._put_back(batch)
                return

    def stop(self) -> None:
        """Send what is left, and end the sending of this process."""
        self._polling.stop()
        self.send()

    def _deliver(self, batch: list[Logged]) -> None:
        body = {"audience": self._audience, "decisions": batch}
        status = self._provider.post_json(self._provider.issuer + PATH, body).status
        if status == 204:
            return
        if status not in {400, 413}:
            raise UnavailableError(f"the provider answered {status}")
        # One that cannot be read must not hold up the others for ever.
        if len(batch) == 1:
            logger.error("the provider refuses decision %s", batch[0]["decision_id"])
            self.dropped += 1
            return
        for entry in batch:
            self._deliver([entry])

    def _take(self) -> list[Logged]:
        batch: list[Logged] = []
        size = 0
        with self._lock():
            for queue in (self._denials, self._permits):
                while queue and len(batch) < MAX_DECISIONS:
                    size += len(json.dumps(queue[0]))
                    if batch and size > MAX_BYTES:
                        return batch
                    batch.append(queue.popleft())
        return batch

    def _put_back(self, batch: list[Logged]) -> None:
        with self._lock():
            for entry in reversed(batch):
                self._queue_for(entry["decision"]["decision"]).appendleft(entry)
            while len(self._denials) + len(self._permits) > self._room:
                self._drop_oldest()

    def _queue_for(self, permit: bool) -> deque[Logged]:
        return self._permits if permit else self._denials

    def _drop_oldest(self) -> None:
        queue = self._permits or self._denials
        lost = queue.popleft()
        self.dropped += 1
        if queue is self._denials:
            logger.error("no room: denial %s will not be logged", lost["decision_id"])


def _wire(
    reference: str, decided_at: float, evaluation: Evaluation, decision: Decision
) -> dict[str, Any]:
    approval = evaluation.context.get("approval")
    approval_id = approval.get("approval_id") if isinstance(approval, Mapping) else None
    context = {**evaluation.context, "approval_id": approval_id}
    return {
        "decision_id": reference,
        "decided_at": decided_at,
        "evaluation": {
            "subject": _entity(evaluation.subject),
            "action": {"name": evaluation.action.name},
            "resource": _entity(evaluation.resource),
            "context": _plain(context),
        },
        "decision": decision.as_json(),
    }


def _entity(entity: Entity) -> dict[str, Any]:
    return {"type": entity.type, "id": entity.id, "properties": _plain(entity.properties)}


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    facts = {
        name: list(value) if isinstance(value, tuple | set | frozenset) else value
        for name, value in properties.items()
        if name not in NOT_FACTS
    }
    return {name: value for name, value in facts.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(entry, str) and len(entry) <= LONGEST_FACT for entry in value)
    if isinstance(value, str):
        return len(value) <= LONGEST_FACT
    return isinstance(value, bool | int | float)
