"""What comes back from the provider: an arrival, a no, or nothing that can be used."""

from dataclasses import dataclass

from query_desk.queries import Query
from query_desk.sign_in import AccessToken, SignIn


class UnexpectedAnswerError(Exception):
    """An answer to nothing that this browser asked, or not from our provider."""


class UsedAnswerError(UnexpectedAnswerError):
    """Nothing waits for this answer: it was taken before, or another browser asked."""


class SomebodyElseError(UnexpectedAnswerError):
    """The answer is about another person than the one who is signed in here."""


class NotGrantedError(Exception):
    """The provider says no to what a query needed: `error` and `description` are its words."""

    def __init__(self, query: Query, error: str, description: str) -> None:
        super().__init__(error)
        self.query, self.error, self.description = query, error, description


@dataclass(frozen=True)
class Arrival:
    """What an authorization response brought: who it is, and the query that waited for it."""

    signed_in: SignIn
    query: Query | None
    query_token: AccessToken | None
    """Good for that query alone; None when `signed_in` has what was missing."""


class ProviderUnavailableError(Exception):
    """The provider does not answer, or answers nonsense."""
