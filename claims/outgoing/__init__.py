"""The one way out: every call that the provider makes to an address that somebody wrote down.

Such an address may belong to anybody, and may mean anything by the time it is called. So a call
has a deadline for all of it, a size, an address that was looked at and is the one connected to,
and a breaker that gives an endpoint a rest. Nothing else in the provider opens a connection over
HTTP; `tests/architecture/test_outgoing.py` looks for it.
"""

from claims.outgoing.calls import Answer, Call, Reach, call
from claims.outgoing.errors import NoAnswerError, OutgoingError, RestingError, UnsafeTargetError
from claims.outgoing.resting import breaker

__all__ = [
    "Answer",
    "Call",
    "NoAnswerError",
    "OutgoingError",
    "Reach",
    "RestingError",
    "UnsafeTargetError",
    "breaker",
    "call",
]
