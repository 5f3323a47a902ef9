"""The guard of one resource server: who calls, and may they do this."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import httpx

from scopeward_guard.authzen import Decision, Entity, Policy, Properties
from scopeward_guard.binding import is_query_detail
from scopeward_guard.challenge import Answer, Challenge, Form, answer, token_invalid, unavailable
from scopeward_guard.deciding import NOTHING, DecisionPoint, Undecided
from scopeward_guard.decision_log import DecisionLog
from scopeward_guard.errors import BadTokenError, RefusedError, UnavailableError
from scopeward_guard.log import logger
from scopeward_guard.metadata import resource_metadata_url
from scopeward_guard.moment import PLAIN, Moment
from scopeward_guard.principal import Principal
from scopeward_guard.request import PresentedRequest, bearer_token
from scopeward_guard.requirement import Requirement
from scopeward_guard.resources import endpoint, field, record
from scopeward_guard.revocations import Revocations, fetching
from scopeward_guard.sender import BearerOnly, SenderConstraint
from scopeward_guard.settings import GuardSettings
from scopeward_guard.tokens import Tokens
from scopeward_guard.transport import Provider

if TYPE_CHECKING:
    from scopeward_guard.policy_feed import PolicyFeed

__all__ = ["Guard", "GuardSettings"]
T = TypeVar("T")


class Guard:
    """Everything a resource server keeps between requests; make one per process and share it.

    Warm, it makes no call. Every failure is a `RefusedError` with what to answer. A `policy` of
    one's own decides instead of the provider's bundle, which `GuardSettings.policy` asks for.
    """

    def __init__(
        self,
        settings: GuardSettings,
        *,
        http: httpx.Client | None = None,
        sender_constraint: SenderConstraint | None = None,
        policy: Policy | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings, self.clock = settings, clock
        self.provider = Provider(settings, http)
        self._sender_constraint = sender_constraint or BearerOnly()
        self._tokens = Tokens(settings, self.provider, clock)
        self.revocations = self._revocations() if settings.revocations else None
        self._feed = self._policy_feed() if settings.policy and policy is None else None
        self.has_policy = bool(policy or self._feed)
        self.policy: Policy = policy or self._feed or Undecided()
        self.decision_log = self._decision_log() if settings.decision_log else None
        self.decisions = DecisionPoint(self.policy, clock, self.decision_log)
        self._form = Form(
            resource_metadata=resource_metadata_url(settings.resource),
            remediation=settings.remediation,
        )

    def authenticate(self, request: PresentedRequest) -> Principal:
        """Return who calls: the token, then the sender constraint, then revocations."""
        token = bearer_token(request)
        try:
            principal = self._tokens.principal(token)
            self._sender_constraint.check(principal, request)
            self._check_revocations(principal)
        except BadTokenError as error:
            logger.info("token refused: %s", error)
            raise RefusedError(_told(error)) from error
        except UnavailableError as error:
            logger.warning("nothing can be decided: %s", error)
            raise RefusedError(unavailable()) from error
        return principal

    def protect(
        self, request: PresentedRequest, demanded: Requirement, *, operation: str | None = None
    ) -> Principal:
        """Return who calls, if they may; for every operation that is not an approved query.

        With an `operation`, the template of its path, policy decides first. A token for one query
        is for that query: here it would be used without being used up.
        """
        principal = self.authenticate(request)
        if any(map(is_query_detail, principal.authorization_details)):
            raise RefusedError(token_invalid("This access token is for one query only."))
        if operation is not None:
            self.decide_operation(principal, request, operation, demanded)
        unmet = demanded.unmet(principal, now=self.clock())
        if unmet:
            raise RefusedError(unmet)
        return principal

    def decide(
        self, principal: Principal, action: str, resource: Entity, moment: Moment = PLAIN,
        *, understands: frozenset[str] = NOTHING,
    ) -> Decision:  # fmt: skip
        """Return policy's permit, with obligations among those that the caller `understands`.

        Raises `RefusedError` with what to tell whoever asked.
        """
        return self.decisions.decide(principal, action, resource, moment, understands)

    def decide_operation(
        self, principal: Principal, request: PresentedRequest, template: str, demanded: Requirement
    ) -> Decision:
        """Return policy's permit for one HTTP operation; raises `RefusedError`."""
        # HEAD is GET without the body (RFC 9110 §9.3.2): whoever may do one may do the other.
        action = "GET" if request.method == "HEAD" else request.method
        resource = endpoint(template, demanded.scopes)
        return self.decide(principal, action, resource, Moment(address=request.address))

    def permitted(
        self, principal: Principal, action: str, records: Iterable[T],
        properties_of: Callable[[T], Properties], moment: Moment = PLAIN,
    ) -> list[T]:  # fmt: skip
        """Return those of the records that policy permits; `properties_of` includes their `id`.

        Raises `RefusedError` only where nothing can be decided.
        """
        resources = ((each, record(properties_of(each))) for each in records)
        return self.decisions.permitted(principal, action, resources, moment)

    def visible_fields(
        self, principal: Principal, fields: Iterable[str], properties: Properties,
        moment: Moment = PLAIN, *, action: str = "read",
    ) -> list[str]:  # fmt: skip
        """Return those of the fields, such as `hr.employees.salary`, that policy permits.

        `properties` are those of the record that they are of. Raises as `permitted` does.
        """
        resources = ((each, field(each, properties)) for each in fields)
        return self.decisions.permitted(principal, action, resources, moment)

    def answer(self, challenge: Challenge) -> Answer:
        """Return the response for a refusal."""
        return answer(challenge, self._form)

    def close(self) -> None:
        """Stop asking for revocations and policy, and send what is still to be logged."""
        for followed in (self.revocations, self._feed, self.decision_log):
            if followed:
                followed.stop()

    def _check_revocations(self, principal: Principal) -> None:
        if self._feed:
            self._feed.ensure()  # its bundle tells of revocations too
        if self.revocations:
            self.revocations.check(principal)

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
        from scopeward_guard.policy_feed import follow

        return follow(self.provider, self._tokens, self.settings, self.clock, self.revocations)


def _told(error: BadTokenError) -> Challenge:
    return token_invalid("The access token expired.") if error.expired else token_invalid()
