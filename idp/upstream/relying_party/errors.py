"""Why a sign-in upstream came to nothing."""


class UpstreamError(Exception):
    """Base of them all; the text is for the log."""


class UpstreamRefusedError(UpstreamError):
    """What came back is not good: forged, replayed, for somebody else, or malformed."""


class UpstreamDeniedError(UpstreamError):
    """The provider, or the person there, said no (RFC 6749 §4.1.2.1)."""


class UpstreamAwayError(UpstreamError):
    """The provider does not answer."""
