"""The query page: ask the Warehouse, follow what it wants, show what it answered."""

from collections.abc import Mapping

from authlib.integrations.flask_client import OAuthError
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from query_desk import runs
from query_desk.answers import NotGrantedError
from query_desk.queries import PREPARED, FormError, Query, Run, from_form, prepared
from query_desk.remote import warehouse
from query_desk.remote.warehouse import WarehouseUnavailableError
from query_desk.sign_in import AccessToken, SignIn
from query_desk.visits import provider, show_out, signed_in_person, visit

query_pages = Blueprint("query", __name__, url_prefix="/query")
SPARE = 10
"""Seconds a token should still be good for when it is sent."""
NOT_GRANTED = {
    "access_denied": "It was not approved, so it was not run.",
    "login_required": "You are not signed in at the provider any more.",
    "consent_required": "What you let Query Desk have is over, or was taken back.",
}
"""What the provider's errors mean for a query that waits (OIDC Core §3.1.2.6)."""

TAKEN_BACK = "The Warehouse takes this access token no more: what you allowed was taken back."


@query_pages.get("")
def page() -> str | Response:
    """Show the form."""
    if not signed_in_person():
        return show_out()
    return _page(prepared(request.args.get("pick", "")))


@query_pages.post("")
def ask() -> str | Response | tuple[str, int]:
    """Run what was written, with the token that is there."""
    person = signed_in_person()
    if not person:
        return show_out()
    try:
        query = from_form(request.form)
    except FormError as error:
        return _page(prepared(""), problem=str(error), form=request.form), 400
    with visit().lock:
        return _answer(person, query)


@query_pages.get("/<key>")
def outcome(key: str) -> str | Response:
    """Show what became of one query."""
    if not signed_in_person():
        return show_out()
    run = runs.find(key)
    return _page(run.query, run, key=key) if run else _forgotten()


@query_pages.post("/<key>/follow")
def follow(key: str) -> Response:
    """Go and get what the Warehouse wants for a query, or sign in for it."""
    person, run = signed_in_person(), runs.find(key)
    if not person:
        return show_out()
    if not run:
        return _forgotten()
    if run.needs_sign_in:
        return provider().begin(query=run.query)
    if not (run.refusal and run.refusal.can_be_followed):
        return _shown(key)
    return provider().follow(run.refusal, run.query, person)


@query_pages.post("/<key>/again")
def again(key: str) -> Response:
    """Use the token of a query a second time, to see that it is refused."""
    run = runs.find(key)
    if not signed_in_person():
        return show_out()
    if not run:
        return _forgotten()
    if run.token:
        run.replay = warehouse.replay(current_app.config["RESOURCE"], run)
    return _shown(key, at="again")


def arrived(person: SignIn, query: Query, token: AccessToken | None) -> Response:
    """Run a query that waited: once with the token for it, else as any other."""
    if token is None:
        return _answer(person, query)
    run = _ran(query, token)
    run.token = token
    return _shown(runs.keep(run))


def not_granted(error: NotGrantedError) -> Response:
    """Say that the query will not be run."""
    said = NOT_GRANTED.get(error.error, "The provider refused.")
    needs_sign_in = error.error in {"login_required", "consent_required"}
    if error.description and not needs_sign_in:
        said = f"{said} The provider says: {error.description}"
    return _shown(runs.keep(Run(error.query, problem=said, needs_sign_in=needs_sign_in)))


def _answer(person: SignIn, query: Query) -> Response:
    resource = current_app.config["RESOURCE"]
    token = person.access_tokens.get(resource)
    if token is None or token.expires_in < SPARE:
        if not person.refresh_token:
            return provider().begin(prompt="none", resource=resource, query=query)
        try:
            provider().refresh(person, resource=resource)
        except OAuthError as error:
            if error.error != "invalid_grant":
                raise
            return provider().begin(prompt="none", query=query)
        token = person.access_tokens[resource]
    run = _ran(query, token)
    if run.refusal and run.refusal.error == "invalid_token":
        # Taken back before its time: the next one has to come from the provider.
        del person.access_tokens[resource]
        run = Run(query, problem=TAKEN_BACK, needs_sign_in=True)
    return _shown(runs.keep(run))


def _ran(query: Query, token: AccessToken) -> Run:
    try:
        return warehouse.run(current_app.config["RESOURCE"], query, token)
    except WarehouseUnavailableError as error:
        current_app.logger.warning("The Warehouse is not available: %s", error)
        problem = "The Warehouse does not answer. Whether the query ran is not known."
        return Run(query, problem=f"{problem} It is not tried again by itself.")


def _shown(key: str, *, at: str = "outcome") -> Response:
    return redirect(url_for("query.outcome", key=key, _anchor=at))


def _forgotten() -> Response:
    flash("Query Desk does not remember that query any more. Run it again.")
    return redirect(url_for("query.page"))


def _page(
    query: Query,
    run: Run | None = None,
    *,
    key: str = "",
    problem: str = "",
    form: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "query.html",
        person=signed_in_person(),
        query=query,
        form=form,
        run=run,
        key=key,
        problem=problem,
        prepared=PREPARED,
        can_follow=bool(run and run.refusal and run.refusal.can_be_followed),
    )
