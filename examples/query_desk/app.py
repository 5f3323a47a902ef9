"""The application: pages, and what is true of all of them."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from query_desk import config as configuration
from query_desk.config import Config
from query_desk.pages import pages
from query_desk.problems import register_problems
from query_desk.query_pages import query_pages
from query_desk.remote.provider import Provider
from query_desk.sessions import ServerSideSessions


def create_app(config: Config | None = None) -> Flask:
    """Return the WSGI application; without a `config` the environment says."""
    config = config or configuration.from_environment()
    app = Flask(__name__, static_url_path="/static")
    # Cookies know no ports: side by side on one host, each demo needs a name of its own.
    app.config["SESSION_COOKIE_NAME"] = f"query-desk-{urlsplit(config.origin).port or 443}"
    app.config["SESSION_COOKIE_SECURE"] = config.origin.startswith("https:")
    app.config["RESOURCE"] = config.resource
    app.session_interface = ServerSideSessions()
    app.extensions["provider"] = Provider(app, config)
    app.register_blueprint(pages)
    app.register_blueprint(query_pages)
    register_problems(app)
    app.context_processor(lambda: {"issuer": config.issuer, "resource": config.resource})

    @app.before_request
    def refuse_foreign_forms() -> None:
        if request.method == "POST" and request.headers.get("Origin") not in {None, config.origin}:
            abort(403)

    @app.after_request
    def harden(response: Response) -> Response:
        # The provider's origin too: Chromium applies form-action to redirects that a form causes.
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; img-src 'self' https: {config.issuer}; object-src 'none'; "
            f"base-uri 'none'; frame-ancestors 'none'; form-action 'self' {config.issuer}"
        )
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.template_filter()
    def since(seconds: int) -> str:
        minutes, seconds = divmod(seconds, 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    return app
