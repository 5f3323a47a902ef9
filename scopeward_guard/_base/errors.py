"""Why a request does not go through.

GuardError
├── RefusedError         the caller is told why, by a `Challenge` (`_challenges.refused`)
├── BadTokenError        a token that is not valid here; told as `invalid_token`, without `detail`
├── UnavailableError     the provider cannot be reached or makes no sense: nothing may be decided
└── MalformedError       something that must have one meaning has none, or several
"""


class GuardError(Exception):
    """Anything that this library raises on purpose."""


class BadTokenError(GuardError):
    """Not a token for this resource server. The text is for logs, never for the caller."""

    def __init__(self, detail: str, *, expired: bool = False, wants_proof: bool = False) -> None:
        super().__init__(detail)
        self.expired, self.wants_proof = expired, wants_proof


class UnavailableError(GuardError):
    """The provider gave no usable answer."""


class MalformedError(GuardError, ValueError):
    """Input that cannot be read in exactly one way."""
