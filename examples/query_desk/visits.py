"""Who is at the desk in this browser, and whom the desk talks to."""

from typing import cast

from flask import current_app, flash, redirect, session, url_for
from werkzeug.wrappers import Response

from query_desk.remote.provider import Provider
from query_desk.sessions import ServerSideSessions, Session
from query_desk.sign_in import SignIn


def provider() -> Provider:
    """Return the provider this application trusts."""
    return cast("Provider", current_app.extensions["provider"])


def visit() -> Session:
    """Return this browser's session."""
    return cast("Session", session)


def signed_in_person() -> SignIn | None:
    """Return who is signed in here, if anybody is."""
    return cast("SignIn | None", session.get("signed_in"))


def welcome(person: SignIn) -> None:
    """Let somebody be signed in; what another person left behind is not theirs to see."""
    before = signed_in_person()
    if before is None or before.subject != person.subject:
        forget()
    # Whoever knew the session's id until now stays outside (session fixation).
    cast("ServerSideSessions", current_app.session_interface).renew(visit())
    session["signed_in"] = person


def forget() -> SignIn | None:
    """Forget the person and everything they asked; return who it was."""
    session.pop("runs", None)
    return cast("SignIn | None", session.pop("signed_in", None))


def show_out() -> Response:
    """Lead whoever has to sign in first to where they can."""
    flash("Nobody is signed in here. Sign in to go on.")
    return redirect(url_for("pages.home"))
