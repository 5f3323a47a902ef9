"""What `Guard` and `AsyncGuard` share: what they keep between requests, and each act by steps."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from scopeward_guard._authzen import Decision, Entity, Policy, Properties
from scopeward_guard._base.errors import BadTokenError, UnavailableError
from scopeward_guard._base.log import logger
from scopeward_guard._binding.binding import is_query_detail
from scopeward_guard._challenges.challenge import (
    Challenge,
    ChallengeFormat,
    HttpAnswer,
    answer,
    token_invalid,
    unavailable,
)
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest, token_and_scheme
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint, Undecided
from scopeward_guard._decisions.decision_log import DecisionLog
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._decisions.resources import endpoint, field, record
from scopeward_guard._provider.metadata import resource_metadata_url
from scopeward_guard._provider.settings import GuardSettings, origin_of
from scopeward_guard._provider.steps import Steps, Wait
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.principal import Principal
from scopeward_guard._tokens.revocations import Revocations, fetching
from scopeward_guard._tokens.sender import ProofOfPossession, SenderConstraint
from scopeward_guard._tokens.tokens import Tokens

if TYPE_CHECKING:
    from scopeward_guard._decisions.policy_feed import PolicyFeed

T = TypeVar("T")

WRONG_PROOF = "Send the access token as it was issued: with a DPoP proof, or without."


class GuardCore:
    """The state of a guard. Its methods that return `Steps` are carried out by its subclasses.

    `provider` is for what goes on in the background: keys, revocations, policy, decision log.
    """

    def __init__(
        self,
        settings: GuardSettings,
        provider: Provider,
        *,
        sender_constraint: SenderConstraint | None = None,
        policy: Policy | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings, self.clock, self.provider = settings, clock, provider
        address = settings.public_url or origin_of(settings.resource)
        self._sender_constraint = sender_constraint or ProofOfPossession(address, clock=clock)
        self._tokens = Tokens(settings, provider, clock)
        self.revocations = self._revocations() if settings.revocations else None
        self._feed = self._policy_feed() if settings.policy and policy is None else None
        self.has_policy = bool(policy or self._feed)
        self.policy: Policy = policy or self._feed or Undecided()
        self.policy_waits = policy is not None
        """Whether asking policy may take long; the provider's is in this process."""
        self.decision_log = self._decision_log() if settings.decision_log else None
        self.decisions = DecisionPoint(self.policy, clock, self.decision_log)
        self._format = ChallengeFormat(
            resource_metadata=resource_metadata_url(settings.resource),
            remediation=settings.remediation,
            algorithms=settings.algorithms,
        )

    def answer(self, challenge: Challenge) -> HttpAnswer:
        """Return the response for a refusal."""
        return answer(challenge, self._format)

    def authenticate_steps(self, request: PresentedRequest) -> Steps[Principal]:
        """Return who calls; raises `RefusedError`."""
        token, _ = token_and_scheme(request)
        try:
            principal = yield from self._tokens.principal(token)
            self._sender_constraint.check(principal, request)
            for followed in (self._feed, self.revocations):  # a bundle tells of revocations too
                if followed and not followed.has_begun():
                    yield Wait(followed.begin)
            if self.revocations:
                self.revocations.check(principal)
        except BadTokenError as error:
            logger.info("token refused: %s", error)
            raise RefusedError(_told(error)) from error
        except UnavailableError as error:
            logger.warning("nothing can be decided: %s", error)
            raise RefusedError(unavailable()) from error
        return principal

    def protect_steps(
        self, request: PresentedRequest, requirement: Requirement, operation: str | None
    ) -> Steps[Principal]:
        """Return who calls, if they may; raises `RefusedError`."""
        principal = yield from self.authenticate_steps(request)
        if any(map(is_query_detail, principal.authorization_details)):
            raise RefusedError(token_invalid("This access token is for one query only."))
        if operation is not None:
            yield from self.operation_steps(principal, request, operation, requirement)
        if unmet := requirement.unmet(principal, now=self.clock()):
            raise RefusedError(unmet)
        return principal

    def decide_steps(
        self, principal: Principal, action: str, resource: Entity, context: RequestContext,
        understands: frozenset[str] = frozenset(),
    ) -> Steps[Decision]:  # fmt: skip
        """Return policy's permit; raises `RefusedError`."""
        return (
            yield from self.asking(
                lambda: self.decisions.decide(principal, action, resource, context, understands)
            )
        )

    def operation_steps(
        self, principal: Principal, request: PresentedRequest, template: str,
        requirement: Requirement,
    ) -> Steps[Decision]:  # fmt: skip
        """Return policy's permit for one HTTP operation; raises `RefusedError`."""
        # HEAD is GET without the body (RFC 9110 §9.3.2): whoever may do one may do the other.
        action = "GET" if request.method == "HEAD" else request.method
        resource = endpoint(template, requirement.scopes)
        context = RequestContext(address=request.address)
        return (yield from self.decide_steps(principal, action, resource, context))

    def permitted_steps(
        self, principal: Principal, action: str, records: Iterable[T],
        properties_of: Callable[[T], Properties], context: RequestContext,
    ) -> Steps[list[T]]:  # fmt: skip
        """Return those of the records that policy permits."""
        resources = ((each, record(properties_of(each))) for each in records)
        return (
            yield from self.asking(
                lambda: self.decisions.permitted(principal, action, resources, context)
            )
        )

    def visible_steps(
        self, principal: Principal, action: str, fields: Iterable[str], properties: Properties,
        context: RequestContext,
    ) -> Steps[list[str]]:  # fmt: skip
        """Return those of the fields that policy permits."""
        resources = ((each, field(each, properties)) for each in fields)
        return (
            yield from self.asking(
                lambda: self.decisions.permitted(principal, action, resources, context)
            )
        )

    def asking(self, ask: Callable[[], T], *, waits: bool | None = None) -> Steps[T]:
        """Return what `ask` returns, a step of its own where it waits, as this policy may."""
        if self._feed and not self._feed.has_begun():
            yield Wait(self._feed.begin)
        if not (self.policy_waits if waits is None else waits):
            return ask()
        told: T = yield Wait(ask)
        return told

    def stop(self) -> None:
        """Stop asking for revocations and policy, and send what is still to be logged."""
        for followed in (self.revocations, self._feed, self.decision_log):
            if followed:
                followed.stop()

    def _revocations(self) -> Revocations:
        return Revocations(
            fetching(self.provider),
            interval=self.settings.revocations_interval,
            when_stale=self.settings.when_stale,
            fresh_scopes=self.settings.fresh_scopes,
        )

    def _decision_log(self) -> DecisionLog:
        settings = self.settings
        return DecisionLog(
            self.provider,
            settings.resource,
            permits=settings.decision_log_permits,
            clock=self.clock,
        )

    def _policy_feed(self) -> "PolicyFeed":
        # Policy is an extra: without it there is no Cedar to import.
        from scopeward_guard._decisions.policy_feed import follow

        return follow(self.provider, self._tokens, self.settings, self.clock, self.revocations)


def _told(error: BadTokenError) -> Challenge:
    if error.wants_proof:
        return token_invalid(WRONG_PROOF, wants_proof=True)
    return token_invalid("The access token expired.") if error.expired else token_invalid()
