"""Whether callers feel it when the policy changes under them.

    .venv/bin/python bench/in_process/bundle_refresh.py [--seconds N] [--policies N]

Four threads ask a guard, each a few hundred times a second. First nothing changes; then every half
second another bundle comes in, with other policies to parse and validate each time. Prints the
median, the 99th percentile and the slowest answer of both, in milliseconds of wall time.
"""

import argparse
import itertools
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scopeward_guard._challenges.request import presented
from scopeward_guard._decisions.policy_feed import PolicyFeed
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard.cedar import PolicyDocument
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider

THREADS = 4
PAUSE = 0.5
"""Seconds between two bundles."""
THINKING = 0.002
"""Seconds between two requests of one thread: what is measured is answers, not a queue."""
NEEDED = requirement("payments:read")
POLICY = """
@id("rule-{number}") permit (principal is User, action == Action::"GET", resource is Endpoint)
when {{ context.scopes.containsAll(resource.scopes) && resource.id != "/closed/{number}" }};
"""


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--policies", type=int, default=100)
    arguments = parser.parse_args()
    provider = FakeProvider(started_at=time.time())
    editions = made(provider, arguments.policies, int(arguments.seconds / PAUSE) + 2)
    settings = GuardSettings(
        issuer=ISSUER, resource=RESOURCE, client_id="w", client_secret="s", policy=True
    )
    served = Served(provider, editions[0])
    http = httpx.Client(transport=httpx.MockTransport(served.answer))
    guard = Guard(settings, http=http)
    report("policy stands still", asked(guard, provider, arguments.seconds))
    stop = threading.Event()
    changing = threading.Thread(target=change, args=(guard, served, editions, stop), daemon=True)
    changing.start()
    report("policy changes", asked(guard, provider, arguments.seconds))
    stop.set()
    changing.join()
    assert guard.policy.revision == served.edition.revision  # noqa: S101 - or nothing was measured
    guard.close()


@dataclass(frozen=True)
class Edition:
    """A bundle as the provider, which is another process, would send it."""

    revision: str
    body: bytes
    headers: httpx.Headers


@dataclass
class Served:
    """The provider, with its bundles made before anything is measured."""

    provider: FakeProvider
    edition: Edition

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path != "/policy/bundle":
            return self.provider.answer(request)
        return httpx.Response(200, content=self.edition.body, headers=self.edition.headers)


def made(provider: FakeProvider, policies: int, many: int) -> list[Edition]:
    """Return so many editions of so many policies."""
    editions = []
    for number in range(many):
        provider.document = document(policies, number)
        answer = provider.answer(httpx.Request("GET", f"{ISSUER}/policy/bundle"))
        edition = Edition(provider.document.revision, answer.content, answer.headers)
        editions.append(edition)
    return editions


def document(policies: int, edition: int) -> PolicyDocument:
    """Return a document of so many policies, another for each edition."""
    texts = [POLICY.format(number=edition * policies + number) for number in range(policies)]
    return PolicyDocument(audience=RESOURCE, policies="".join(texts))


def change(guard: Guard, served: Served, editions: list[Edition], stop: threading.Event) -> None:
    """Have the guard fetch another policy again and again, as its own thread does."""
    feed = guard.policy
    assert isinstance(feed, PolicyFeed)  # noqa: S101 - for the type checker
    for edition in itertools.cycle(editions[1:]):
        if stop.wait(PAUSE):
            return
        served.edition = edition
        feed.refresh()


def asked(guard: Guard, provider: FakeProvider, seconds: float) -> list[float]:
    """Return how long each answer took, in milliseconds."""
    now = int(time.time())
    token = provider.token(iat=now, exp=now + 3600, auth_time=now)
    request = presented("GET", "/payments/7", "", [("Authorization", f"Bearer {token}")])
    taken: list[float] = []

    def ask() -> None:
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end:
            guard.protect(request, NEEDED, operation="/payments/{id}")
            taken.append((time.perf_counter() - begun) * 1000)
            time.sleep(THINKING)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def report(name: str, taken: list[float]) -> None:
    """Print one line."""
    p99 = statistics.quantiles(taken, n=100)[98]
    median = statistics.median(taken)
    print(f"{name:22} {median:7.2f} ms median {p99:7.2f} ms p99 {max(taken):8.2f} ms slowest")


if __name__ == "__main__":
    main()
