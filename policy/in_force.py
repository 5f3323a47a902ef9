"""The policies in force, compiled; a change is compiled beside the requests that must not wait.

What another process has changed is in force here within one second, like all configuration: no
process has to know of it sooner. A request that comes upon a change goes by the policy of before
while the new one is compiled in a thread, up to a second from when this process last saw that the
one of before was in force; then it waits. So it waits for what nobody has asked for a second: at
the first request after a rest, when the process has just started, or when compiling takes longer.
Whoever changes something here has it at once: no request of a process that has changed anything
goes by what was before. What it takes to compile has been waited for by then, by the activation,
which asks the test cases with the same policy.
"""

import logging
import threading
from dataclasses import dataclass
from uuid import UUID

from foundation.base.configuration.epoch import EpochLook, last_look
from scopeward_guard.cedar import CedarPolicy, PolicyDocument, PolicyError

KEPT = 3
"""Compiled policies of one audience: as many as there are configurations that requests go by."""

logger = logging.getLogger("scopeward.policy")


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A document, and the policy that decides in its name."""

    document: PolicyDocument
    policy: CedarPolicy


class InForce:
    """The compiled policies of one audience in this process."""

    def __init__(self) -> None:
        self._lock, self._threads = threading.Lock(), threading.Lock()
        self._compiled: tuple[CompiledPolicy, ...] = ()
        """The newest last."""
        self._beside: PolicyDocument | None = None
        """What is being compiled in a thread."""
        self._last: CompiledPolicy | None = None
        """What was in force when this process last looked."""
        self._look: EpochLook | None = None
        """That look."""

    def policy(self, document: PolicyDocument, of: UUID | None) -> CedarPolicy:
        """Return the policy of a document that is in force in the configuration `of`.

        It may be the one before for a moment, see above. One that cannot be used permits nothing.
        """
        found, last = self._found(document), self._last
        if found is None and last is not None and self._look is not None and self._look.holds:
            self._compile_beside(document)
            return last.policy
        found = found or self._compile(document)
        self._note(found, of)
        return found.policy

    def compiled(self, document: PolicyDocument) -> CedarPolicy:
        """Return the policy of a document, compiled now unless it is already."""
        return self._compile(document).policy

    def _compile(self, document: PolicyDocument) -> CompiledPolicy:
        with self._lock:
            found = self._found(document)
            if found is None:
                before = self._compiled[-1].policy if self._compiled else None
                found = CompiledPolicy(document, _usable(document, before))
                self._compiled = (*self._compiled[1 - KEPT :], found)
            return found

    def _found(self, document: PolicyDocument) -> CompiledPolicy | None:
        # Mostly it is the very same; in another epoch it is an equal one.
        last = self._last
        if last is not None and last.document is document:
            return last
        every = (*self._compiled, *([last] if last else []))
        equal = next((each for each in every if each.document == document), None)
        return CompiledPolicy(document, equal.policy) if equal else None

    def _note(self, found: CompiledPolicy, of: UUID | None) -> None:
        # A request of before goes on with what it has, also when its thread knows better by now.
        look = last_look()
        if look.epoch == of and (self._look is None or look.at > self._look.at):
            self._last, self._look = found, look

    def _compile_beside(self, document: PolicyDocument) -> None:
        with self._threads:
            if self._beside is document:
                return
            self._beside = document
        threading.Thread(target=self.compiled, args=(document,), daemon=True).start()


def in_force(audience: str) -> InForce:
    """Return the compiled policies of an audience."""
    return _of.setdefault(audience, InForce())


_of: dict[str, InForce] = {}


def denying(audience: str) -> CedarPolicy:
    """Return the policy that permits nothing."""
    return CedarPolicy(PolicyDocument(audience=audience, policies=""))


def _usable(document: PolicyDocument, before: CedarPolicy | None) -> CedarPolicy:
    """Return the policy of a document, or one that permits nothing.

    It was valid when it was activated; what a document is besides its text may have changed since.
    """
    try:
        return CedarPolicy(document, before)
    except PolicyError:
        logger.exception("the active policy of %s cannot be used", document.audience)
        return denying(document.audience)
