"""Why a call was not made or not answered."""


class OutgoingError(Exception):
    """Base of them all."""


class UnsafeTargetError(OutgoingError):
    """The address is not one that is called from here."""


class NoAnswerError(OutgoingError):
    """Nobody answered: not in time, not within the size, or not in HTTP."""


class RestingError(OutgoingError):
    """The endpoint did not answer lately; it is not asked before its rest is over."""
