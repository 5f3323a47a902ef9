"""The query page: ask the Warehouse, follow what it wants, show what it answered."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from query_desk import warehouse
from query_desk.answers import NotGrantedError
from query_desk.queries import PREPARED, FormError, Query, Run, from_form, prepared
from query_desk.sign_in import AccessToken, SignIn
from query_desk.visits import provider, signed_in_person, visit
from scopeward_guard.client import is_remediable

query_pages = Blueprint("query", __name__, url_prefix="/query")
SPARE = 10
"""Seconds a token should still be good for when it is sent."""


@query_pages.get("")
def page() -> str | Response:
    """Show the form, and what became of the last query."""
    if not signed_in_person():
        return redirect(url_for("pages.home"))
    run: Run | None = session.get("run")
    if "pick" in request.args:
        return _page(prepared(request.args["pick"]))
    return _page(run.query if run else PREPARED[0].query, run)


@query_pages.post("")
def ask() -> str | Response | tuple[str, int]:
    """Run what was written, with the token that is there."""
    person = signed_in_person()
    if not person:
        return redirect(url_for("pages.home"))
    try:
        query = from_form(request.form)
    except FormError as error:
        return _page(prepared(""), problem=str(error), form=request.form), 400
    with visit().lock:
        return _answer(person, query)


@query_pages.post("/follow")
def follow() -> Response:
    """Go and get what the Warehouse wants for the last query."""
    person, run = signed_in_person(), session.get("run")
    if not (person and run and run.refusal and is_remediable(run.refusal)):
        return redirect(url_for("query.page"))
    return provider().follow(run.refusal, run.query, person)


@query_pages.post("/again")
def again() -> Response:
    """Use the token of the last query a second time, to see that it is refused."""
    run: Run | None = session.get("run")
    if run and run.token and signed_in_person():
        run.replay = warehouse.replay(current_app.config["RESOURCE"], run)
    return redirect(url_for("query.page", _anchor="again"))


def arrived(person: SignIn, query: Query, token: AccessToken | None) -> Response:
    """Run a query that waited: once with the token for it, else as any other."""
    if token is None:
        return _answer(person, query)
    run = warehouse.run(current_app.config["RESOURCE"], query, token)
    run.token = token
    session["run"] = run
    return redirect(url_for("query.page", _anchor="outcome"))


def not_granted(error: NotGrantedError) -> Response:
    """Say that the query will not be run."""
    words = {
        "access_denied": "It was not approved, so it was not run.",
        "login_required": "You are not signed in at the provider any more. Sign in again.",
    }
    said = words.get(error.error, f"The provider refused: {error.description or error.error}")
    session["run"] = Run(error.query, problem=said)
    return redirect(url_for("query.page", _anchor="outcome"))


def _answer(person: SignIn, query: Query) -> Response:
    resource = current_app.config["RESOURCE"]
    token = person.access_tokens.get(resource)
    if token is None or token.expires_in < SPARE:
        if not person.refresh_token:
            return provider().begin(prompt="none", resource=resource, query=query)
        provider().refresh(person, resource=resource)
        token = person.access_tokens[resource]
    session["run"] = warehouse.run(resource, query, token)
    return redirect(url_for("query.page", _anchor="outcome"))


def _page(
    query: Query, run: Run | None = None, *, problem: str = "", form: dict[str, str] | None = None
) -> str:
    return render_template(
        "query.html",
        query=query,
        form=form,
        run=run,
        problem=problem,
        prepared=PREPARED,
        can_follow=bool(run and run.refusal and is_remediable(run.refusal)),
    )
