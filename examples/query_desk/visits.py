"""Who is at the desk in this browser, and whom the desk talks to."""

from typing import cast

from flask import current_app, session

from query_desk.provider import Provider
from query_desk.sessions import ServerSideSessions, Session
from query_desk.sign_in import SignIn


def provider() -> Provider:
    """Return the provider this application trusts."""
    return cast("Provider", current_app.extensions["provider"])


def visit() -> Session:
    """Return this browser's session."""
    return cast("Session", session)


def renew_visit() -> None:
    """Give this browser's session another id, because who it belongs to changes."""
    cast("ServerSideSessions", current_app.session_interface).renew(visit())


def signed_in_person() -> SignIn | None:
    """Return who is signed in here, if anybody is."""
    return cast("SignIn | None", session.get("signed_in"))
