"""The one way out: every call that the provider makes to an address that somebody wrote down.

Such an address may belong to anybody, and may mean anything by the time it is called. So a call
has a deadline for all of it, a size, an address that was looked at and is the one connected to,
and a breaker that gives an endpoint a rest. Nothing else in the provider opens a connection over
HTTP; `tests/architecture/test_outgoing.py` looks for it.
"""

from foundation.base.outgoing.calls import Call, OutgoingAnswer, OutgoingReach, call
from foundation.base.outgoing.errors import (
    NoAnswerError,
    OutgoingError,
    RestingError,
    UnsafeTargetError,
)
from foundation.base.outgoing.resting import breaker

__all__ = [
    "Call",
    "NoAnswerError",
    "OutgoingAnswer",
    "OutgoingError",
    "OutgoingReach",
    "RestingError",
    "UnsafeTargetError",
    "breaker",
    "call",
]
