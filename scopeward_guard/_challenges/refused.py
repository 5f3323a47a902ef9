"""A request that is refused, with what its caller is told."""

from scopeward_guard._base.errors import GuardError
from scopeward_guard._challenges.challenge import Challenge


class RefusedError(GuardError):
    """The request is refused; `challenge` is what the caller is told."""

    def __init__(self, challenge: Challenge) -> None:
        super().__init__(f"{challenge.status} {challenge.error}")
        self.challenge = challenge
