"""The policy in force: fetched with its ETag, verified, swapped at once, and no older than allowed.

Whatever comes instead of a good bundle leaves the last good one in place, until its age limit:
then nothing is decided any more, and that denies. Needs the extra `scopeward-guard[cedar]`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from scopeward_guard._authzen import Decision, Evaluation
from scopeward_guard._base.errors import BadTokenError, MalformedError, UnavailableError
from scopeward_guard._base.log import logger
from scopeward_guard._base.per_process import Polling
from scopeward_guard._decisions.policy_bundle import Bundle, BundleReader
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.steps import Reply
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.deny_list import DenyList
from scopeward_guard._tokens.revocations import Revocations
from scopeward_guard._tokens.tokens import Tokens
from scopeward_guard.cedar import CedarPolicy

PATH = "/policy/bundle"

Learn = Callable[[DenyList, float], None]
"""Takes the deny-list of a bundle, and when it was asked for."""


@dataclass(frozen=True, slots=True)
class _Held:
    """The bundle in force, ready to decide, and when the provider last confirmed it."""

    bundle: Bundle
    policy: CedarPolicy
    etag: str
    confirmed_at: float


class PolicyFeed:
    """A `Policy` that follows the provider's. The first question waits for the first bundle.

    Asking it raises `UnavailableError` while no bundle is recent enough.
    """

    def __init__(
        self,
        provider: Provider,
        reader: BundleReader,
        *,
        interval: float,
        max_age: float,
        learn: Learn,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider, self._reader = provider, reader
        self._max_age, self._learn, self._clock = max_age, learn, clock
        self._held: _Held | None = None
        self._complaint = ""
        self._polling = Polling(self.refresh, interval=interval, name="scopeward-guard-policy")

    def decide(self, evaluation: Evaluation) -> Decision:
        """HttpAnswer by the policy in force."""
        return self._current().decide(evaluation)

    @property
    def revision(self) -> str:
        """The revision of the policy that is held, however old; "" before there is one."""
        return self._held.bundle.document.revision if self._held else ""

    def has_begun(self) -> bool:
        """Whether this process follows the provider; the first question waits for that."""
        return self._polling.has_begun()

    def begin(self) -> None:
        """Follow the provider, unless this process does so already."""
        self._polling.ensure()

    def refresh(self) -> None:
        """Ask for the bundle once. What cannot be used changes nothing, and is logged once."""
        held, asked_at = self._held, self._clock()
        try:
            reply = self._provider.get(
                self._provider.issuer + PATH,
                etag=held.etag if held else "",
                authenticated=True,
                accept="application/jose",
            )
            newer = self._newer(reply, held, asked_at)
        except Exception as error:  # noqa: BLE001 - a bundle must not be able to end the polling
            self._complain(error)
            return
        self._learn(newer.bundle.deny_list, asked_at)
        self._held, self._complaint = newer, ""

    def stop(self) -> None:
        """End the following of this process."""
        self._polling.stop()

    def _current(self) -> CedarPolicy:
        self._polling.ensure()
        held = self._held
        if held is None:
            raise UnavailableError("there is no policy yet")
        if self._clock() - held.confirmed_at > min(held.bundle.max_age, self._max_age):
            raise UnavailableError("the policy is too old")
        return held.policy

    def _newer(self, reply: Reply, held: _Held | None, asked_at: float) -> _Held:
        if reply.status == 304 and held:
            return replace(held, confirmed_at=asked_at)
        if reply.status == 404:
            raise UnavailableError("the provider has no policy for this resource server")
        if reply.status != 200:
            raise UnavailableError(f"the provider answered {reply.status}")
        bundle = self._reader.read(_text(reply.content))
        if held and bundle.issued_at < held.bundle.issued_at:
            raise BadTokenError("older than the bundle that is held")
        return _Held(bundle, _loaded(bundle, held), reply.etag, asked_at)

    def _complain(self, error: Exception) -> None:
        complaint = f"{type(error).__name__}: {error}"
        if complaint != self._complaint:
            logger.error("the policy is not renewed: %s", complaint)
            self._complaint = complaint


def follow(
    provider: Provider,
    tokens: Tokens,
    settings: GuardSettings,
    clock: Callable[[], float],
    revocations: Revocations | None,
) -> PolicyFeed:
    """Return the feed of a guard's provider; what its bundles know of revocations is passed on."""
    return PolicyFeed(
        provider,
        BundleReader(tokens.keys, tokens.expected, clock=clock),
        interval=settings.policy_interval,
        max_age=settings.policy_max_age,
        learn=revocations.learn if revocations else _forget,
    )


def _forget(_edition: DenyList, _confirmed_at: float) -> None:
    """Leave revocations alone, as the settings say."""


def _loaded(bundle: Bundle, held: _Held | None) -> CedarPolicy:
    """Return the policy. Most editions differ in what was revoked: those load nothing.

    Others load what is new in them.
    """
    if held and held.bundle.document.revision == bundle.document.revision:
        return held.policy
    return CedarPolicy(bundle.document, held.policy if held else None)


def _text(content: bytes) -> str:
    try:
        return content.strip().decode("ascii")
    except UnicodeDecodeError as error:
        raise MalformedError("not ASCII") from error
