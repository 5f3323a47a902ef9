"""A guard that follows a provider's policy, while the test holds the clocks and the provider."""

from collections.abc import Callable

import pytest

from scopeward_guard._authzen import Entity
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._decisions.policy_feed import PolicyFeed
from scopeward_guard._decisions.resources import endpoint
from scopeward_guard._guard.guard import Guard
from scopeward_guard.cedar import PolicyDocument
from tests.guard.conftest import MakeGuard, bearing
from tests.guard.provider import RESOURCE, FakeProvider

READING = """
@id("scopes-cover") permit (principal is User, action == Action::"GET", resource is Endpoint)
when { context.scopes.containsAll(resource.scopes) };
"""
NOBODY = '@id("closed") @reason("Closed.") forbid (principal, action, resource);'

PERMIT = (200, "")
DENIED = (403, "access_denied")
UNDECIDED = (503, "temporarily_unavailable")
PAYMENTS = endpoint("/payments", ["payments:read"])


def document(policies: str) -> PolicyDocument:
    return PolicyDocument(audience=RESOURCE, policies=policies)


class Drill:
    """One guard under test. Nothing happens in the background: `refresh` is when it asks."""

    def __init__(self, guard: Guard, provider: FakeProvider) -> None:
        self.guard, self.provider = guard, provider
        self.seconds = 0.0
        assert isinstance(guard.policy, PolicyFeed)
        self.feed = guard.policy
        self.feed._clock = lambda: self.seconds
        if guard.revocations:
            guard.revocations._clock = self.feed._clock

    def publish(self, policies: str) -> None:
        """Let the provider have other policies from now on, by a clock that has moved on."""
        self.later(1)
        self.provider.document = document(policies)

    def later(self, seconds: float) -> None:
        """Let time pass, for guard and provider."""
        self.seconds += seconds
        self.provider.seconds_later = self.seconds

    def refresh(self) -> None:
        self.feed.refresh()

    def told(
        self, resource: Entity = PAYMENTS, action: str = "GET", token: str = ""
    ) -> tuple[int, str]:
        """Return what a caller is told: `PERMIT`, or status and error."""

        def ask() -> None:
            principal = self.guard.authenticate(bearing(token or self.provider.token()))
            self.guard.decide(principal, action, resource)

        try:
            ask()
        except RefusedError as error:
            return error.challenge.status, error.challenge.error
        return PERMIT


MakeDrill = Callable[..., Drill]


@pytest.fixture
def make_drill(make_guard: MakeGuard, provider: FakeProvider) -> MakeDrill:
    def make(policies: str = READING, **settings: object) -> Drill:
        provider.document = document(policies)
        kept = {"policy": True, "policy_interval": 300, "revocations_interval": 3600}
        return Drill(make_guard(**(kept | settings)), provider)

    return make


@pytest.fixture
def drill(make_drill: MakeDrill) -> Drill:
    return make_drill()
