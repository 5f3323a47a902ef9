"""The pages about who is signed in, and what they let us have."""

import time

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from query_desk.answers import NotGrantedError
from query_desk.query_pages import arrived, not_granted
from query_desk.sign_in import SignIn
from query_desk.visits import forget, provider, show_out, signed_in_person, visit, welcome

pages = Blueprint("pages", __name__)
PROMPTS = {"", "none", "login", "consent", "select_account"}


def say(what: str) -> None:
    """Tell the person on the next page, with the time: pressed twice, it should look different."""
    flash(f"{what}, at {time.strftime('%H:%M:%S')}.")


@pages.get("/")
def home() -> str | Response:
    """Say what this is; whoever is signed in goes on to the desk."""
    return redirect(url_for(".desk")) if signed_in_person() else render_template("home.html")


@pages.post("/sign-in")
def sign_in() -> Response:
    """Ask the provider who this is (OIDC Core §3.1.2.1 `prompt`)."""
    prompt = request.form.get("prompt", "")
    return provider().begin(prompt=prompt if prompt in PROMPTS else "")


@pages.get("/callback")
def callback() -> Response:
    """Take the provider's answer, once: a code that is sent twice would count as stolen."""
    with visit().lock:
        try:
            arrival = provider().finish(request.args, signed_in_person())
        except NotGrantedError as error:
            return not_granted(error)
        if arrival.signed_in is not signed_in_person():
            _begin_visit(arrival.signed_in)
        if arrival.query:
            return arrived(arrival.signed_in, arrival.query, arrival.query_token)
    return redirect(url_for(".desk"))


@pages.get("/desk")
def desk() -> str | Response:
    """Show who is here, what they let us have and what they kept."""
    person = signed_in_person()
    return render_template("desk.html", person=person) if person else show_out()


@pages.post("/userinfo")
def userinfo() -> Response:
    """Fetch the claims anew."""
    if person := signed_in_person():
        provider().call_userinfo(person)
        say(f"Userinfo answered with {len(person.userinfo)} claims")
    return redirect(url_for(".desk"))


@pages.post("/refresh")
def refresh() -> Response:
    """Exchange the refresh token, once at a time: used twice it would count as stolen."""
    with visit().lock:
        person = signed_in_person()
        if person and person.refresh_token:
            for audience in list(person.access_tokens):
                resource = current_app.config["RESOURCE"]
                provider().refresh(person, resource=resource if audience == resource else "")
            say(f"Tokens refreshed with {len(person.granted)} scopes")
    return redirect(url_for(".desk"))


@pages.post("/resource-token")
def resource_token() -> Response:
    """Get an access token for the resource server: by refresh token, else by asking silently."""
    resource = current_app.config["RESOURCE"]
    with visit().lock:
        person = signed_in_person()
        if person and not person.refresh_token:
            return provider().begin(prompt="none", resource=resource)
        if person:
            provider().refresh(person, resource=resource)
            say(f"Got an access token for {resource}")
    return redirect(url_for(".desk"))


@pages.post("/sign-out")
def sign_out() -> Response:
    """Forget the person here, then ask the provider to do the same."""
    person = forget()
    return provider().sign_out(person) if person else redirect(url_for(".home"))


@pages.get("/signed-out")
def signed_out() -> str:
    """Take the provider's word that the session ended there too."""
    provider().check_signed_out()
    return render_template("signed_out.html")


def _begin_visit(person: SignIn) -> None:
    provider().call_userinfo(person)
    if person.refresh_token:
        provider().refresh(person, resource=current_app.config["RESOURCE"])
    welcome(person)
    say(f"Signed in with {len(person.granted)} of {len(person.asked)} scopes")


@pages.get("/privacy")
def privacy() -> str:
    """Say what happens to what people let us have."""
    return render_template("privacy.html")


@pages.get("/terms")
def terms() -> str:
    """Say what this may be used for."""
    return render_template("terms.html")
