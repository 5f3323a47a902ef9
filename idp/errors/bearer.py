"""What a caller with a bad access token is told (RFC 6750 §3.1)."""

from idp.errors.base import BearerError
from scopeward_guard.jose import ALGORITHMS


class InvalidTokenError(BearerError):
    """RFC 6750 §3.1; RFC 9449 §7.1 for one that is bound to a key."""

    error = "invalid_token"
    status_code = 401
    default_description = "The access token is invalid, expired or revoked."

    def __init__(
        self,
        description: str = "",
        *,
        missing: bool = False,
        wants_proof: bool = False,
        detail: str = "",
    ) -> None:
        self.missing, self.wants_proof = missing, wants_proof
        super().__init__(description, detail=detail)

    @property
    def challenge(self) -> dict[str, str]:
        """Tell whoever sent no token of no error, only what is needed.

        Where a proof is wanted the scheme is DPoP, with the algorithms it may be signed by.
        """
        if self.missing:
            return {"WWW-Authenticate": 'Bearer realm="scopeward"'}
        if not self.wants_proof:
            return super().challenge
        said = f'error="{self.error}", error_description="{self.description}"'
        return {"WWW-Authenticate": f'DPoP {said}, algs="{" ".join(ALGORITHMS)}"'}


class InsufficientScopeError(BearerError):
    """RFC 6750 §3.1."""

    error = "insufficient_scope"
    status_code = 403

    def __init__(self, description: str = "", *, needed: str = "", detail: str = "") -> None:
        self.needed = needed
        super().__init__(description, detail=detail)

    @property
    def challenge(self) -> dict[str, str]:
        """Name the scope that the resource needs, where one was given."""
        text = super().challenge["WWW-Authenticate"]
        needed = f', scope="{self.needed}"' if self.needed else ""
        return {"WWW-Authenticate": text + needed}
