"""What every protocol error is: a code, a sentence, a status.

They derive from oauthlib's error, so the engine passes them through. The sentence is public: it
never says why a credential failed. What the log should know goes into `detail`.
"""

from collections.abc import Iterable

from oauthlib.oauth2 import OAuth2Error

LONGEST_LIST = 200
"""Characters of what was sent that a sentence repeats."""


class OAuthError(OAuth2Error):
    """A registered error code with a sentence for the developer of the client."""

    status_code = 400
    default_description = ""

    def __init__(self, description: str = "", *, detail: str = "") -> None:
        self.detail = detail
        super().__init__(description=description or self.default_description)

    @property
    def headers(self) -> dict[str, str]:
        """Headers of an answer in JSON (RFC 6749 §5.2)."""
        return {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Pragma": "no-cache",
            **self.challenge,
        }

    @property
    def challenge(self) -> dict[str, str]:
        """The `WWW-Authenticate` header, where the status asks for one."""
        return {}


def named(values: Iterable[str]) -> str:
    """Return values that were sent, for a sentence about them: what RFC 6749 §5.2 allows in one."""
    text = ", ".join(sorted(values))
    cut = text if len(text) <= LONGEST_LIST else f"{text[:LONGEST_LIST]}..."
    return "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in cut)


class BearerError(OAuthError):
    """RFC 6750 §3: the answer to an access token that is not good enough."""

    @property
    def challenge(self) -> dict[str, str]:
        """Say what is wrong with the token."""
        text = f'Bearer error="{self.error}", error_description="{self.description}"'
        return {"WWW-Authenticate": text}


class PageError(Exception):
    """RFC 6749 §4.1.2.1: the client or redirect URI cannot be trusted, so a person is told."""

    def __init__(self, error: OAuthError) -> None:
        self.error = error
        super().__init__(error.description)
