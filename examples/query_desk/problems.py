"""Whatever goes wrong becomes a page that says what happened and what to do."""

from dataclasses import dataclass

from authlib.integrations.flask_client import OAuthError
from flask import Flask, render_template, session
from werkzeug.exceptions import HTTPException

from query_desk.answers import (
    ProviderUnavailableError,
    SomebodyElseError,
    UnexpectedAnswerError,
    UsedAnswerError,
)
from query_desk.remote.warehouse import WarehouseUnavailableError


@dataclass(frozen=True)
class Problem:
    """A title, a sentence, and how the next attempt should ask (`prompt`)."""

    title: str
    sentence: str
    prompt: str = ""
    is_about_signing_in: bool = True
    """Whether signing in is what helps, even somebody who is signed in here."""


# OIDC Core §3.1.2.6 and RFC 6749 §4.1.2.1, §5.2.
PROBLEMS = {
    "access_denied": Problem(
        "You said no",
        "You kept everything to yourself, so Query Desk does not know who you are. "
        "That is fine. You can decide otherwise whenever you like.",
        prompt="consent",
    ),
    "login_required": Problem(
        "You are not signed in at the provider",
        "Query Desk asked silently, without a page, and the provider would have had to ask you "
        "to sign in first.",
    ),
    "consent_required": Problem(
        "There is something to decide",
        "Query Desk asked silently, without a page, and the provider would have had to ask what "
        "Query Desk may have.",
    ),
    "account_selection_required": Problem(
        "Which account?",
        "Query Desk asked silently, and the provider would have had to ask which account to use.",
        prompt="select_account",
    ),
    "invalid_grant": Problem(
        "What you granted is over",
        "It has expired, was revoked or was used before. Sign in again to go on.",
    ),
    "invalid_token": Problem(
        "The access token is over",
        "It has expired or was revoked. Refresh it at the desk, or sign in again.",
    ),
    "temporarily_unavailable": Problem(
        "The provider is busy", "It asked us to come back later. Try again in a moment."
    ),
}
OTHER = Problem("The provider refused", "Its answer is below, for whoever runs Query Desk.")
UNEXPECTED = Problem("We did not expect this answer", "So we did not use it. Sign in again.")
USED = Problem(
    "This page has done its work",
    "The answer of your provider was used already, and nothing happens twice. You are still "
    "signed in.",
    is_about_signing_in=False,
)
SOMEBODY_ELSE = Problem(
    "Somebody else is signed in at the provider",
    "Its answer was about them, so it was not used. Sign in as yourself to go on.",
    prompt="select_account",
)
NO_PROVIDER = Problem(
    "The provider does not answer",
    "Query Desk can ask it nothing at the moment. Try again in a moment.",
    is_about_signing_in=False,
)
NO_WAREHOUSE = Problem(
    "The Warehouse does not answer",
    "What became of your query is not known, so it is not tried again. Ask again in a moment.",
    is_about_signing_in=False,
)


def register_problems(app: Flask) -> None:
    """Let the application answer every failure with a page."""

    @app.errorhandler(OAuthError)
    def refused(error: OAuthError) -> tuple[str, int]:
        problem = PROBLEMS.get(error.error, OTHER)
        return _page(problem, code=error.error, detail=error.description or ""), 400

    @app.errorhandler(UnexpectedAnswerError)
    def unexpected(error: UnexpectedAnswerError) -> tuple[str, int]:
        problem = UNEXPECTED
        if isinstance(error, SomebodyElseError):
            problem = SOMEBODY_ELSE
        elif isinstance(error, UsedAnswerError) and "signed_in" in session:
            problem = USED
        return _page(problem, detail=str(error)), 400

    @app.errorhandler(ProviderUnavailableError)
    def unavailable(error: ProviderUnavailableError) -> tuple[str, int]:
        app.logger.warning("The provider is not available: %s", error)
        return _page(NO_PROVIDER), 502

    @app.errorhandler(WarehouseUnavailableError)
    def no_warehouse(error: WarehouseUnavailableError) -> tuple[str, int]:
        app.logger.warning("The Warehouse is not available: %s", error)
        return _page(NO_WAREHOUSE), 502

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str, int]:
        problem = Problem(error.name, error.description or "", is_about_signing_in=False)
        return _page(problem), error.code or 500


def _page(problem: Problem, *, code: str = "", detail: str = "") -> str:
    return render_template(
        "problem.html",
        problem=problem,
        code=code,
        detail=detail,
        is_signed_in="signed_in" in session,
    )
