"""A relying party for tests: it speaks HTTP, and drives the pages as a browser without scripts."""

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.test import Client as Browser

from foundation.directory.models import Client, User
from tests import served  # noqa: F401 - what the browsers below call
from tests.client_keys import asserted, client_key
from tests.html_forms import form_with
from tests.people import LOGIN

PASSWORD = "correct-horse-battery-staple"
VERIFIER = "a-code-verifier-of-at-least-43-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
EVERYTHING = object()
FORM = "application/x-www-form-urlencoded"

Parameters = Mapping[str, Any]


def new_browser() -> Browser:
    """Return a browser without cookies, held to CSRF protection like any other."""
    return Browser(enforce_csrf_checks=True)


def basic(client_id: str, secret: str) -> str:
    """Return the value of an HTTP Basic header (RFC 6749 §2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def without_nones(parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that have a value; None leaves one out."""
    return {name: value for name, value in parameters.items() if value is not None}


def answer_of(response: HttpResponse) -> dict[str, str]:
    """Return the parameters sent to the client, by redirect or by a posted form."""
    if response.has_header("Location"):
        pairs = parse_qsl(urlsplit(response["Location"]).query, keep_blank_values=True)
        assert len(dict(pairs)) == len(pairs), "a parameter was sent twice"
        return dict(pairs)
    form = form_with(response.content.decode(), "iss")
    return {name: values[0] for name, values in form.data.items()}


@dataclass
class RelyingParty:
    """One registered client and one browser."""

    client: Client
    secret: str | None
    browser: Browser = field(default_factory=new_browser)

    # The authorization endpoint and the pages ----------------------------------------------------

    def request(self, **parameters: Any) -> dict[str, Any]:
        """Return the parameters of a valid authorization request, changed as told."""
        valid = {
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uris.split()[0],
            "response_type": "code",
            "scope": self.client.scope,
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": CHALLENGE.decode(),
            "code_challenge_method": "S256",
        }
        return without_nones({**valid, **parameters})

    def authorize(self, **parameters: Any) -> HttpResponse:
        """Send an authorization request; the answer may be a page to go to."""
        response: HttpResponse = self.browser.get("/authorize", self.request(**parameters))
        return response

    def push(self, **parameters: Any) -> HttpResponse:
        """Push an authorization request (RFC 9126 §2.1)."""
        return self.post("/par", self.request(**parameters))

    def pushed(self, **parameters: Any) -> dict[str, Any]:
        """Push a request; return what is left for `authorize`: client_id and request_uri."""
        response = self.push(**parameters)
        assert response.status_code == 201, response.content
        return self.bringing(response.json()["request_uri"])

    def bringing(self, request_uri: str) -> dict[str, Any]:
        """Return the changes to `request` that leave only client_id and this request_uri."""
        return {**dict.fromkeys(self.request()), **self._reference(request_uri)}

    def _reference(self, request_uri: str) -> dict[str, Any]:
        return {"client_id": self.client.client_id, "request_uri": request_uri}

    def authorize_by_post(self, **parameters: Any) -> HttpResponse:
        """Send it as a form, from another site and so without a CSRF token."""
        body = urlencode(self.request(**parameters), doseq=True)
        response: HttpResponse = self.browser.post("/authorize", body, content_type=FORM)
        return response

    def follow(self, response: HttpResponse) -> HttpResponse:
        """Follow redirects as long as they stay on this site."""
        while response.has_header("Location") and response["Location"].startswith("/"):
            response = self.browser.get(response["Location"])
        return response

    def submit(self, page: HttpResponse, *, having: str, **values: Any) -> HttpResponse:
        """Fill in the form that has a control `having`, send it, and follow."""
        form = form_with(page.content.decode(), having)
        address = form.action or page.request["PATH_INFO"]
        query = "" if form.action else page.request.get("QUERY_STRING", "")
        data = {**form.data, **values}
        sent = self.browser.post(f"{address}?{query}" if query else address, data)
        return self.follow(sent)

    def sign_in(
        self, person: User, page: HttpResponse | None = None, **values: Any
    ) -> HttpResponse:
        """Sign in on the sign-in page, or on the page given; return where that leads."""
        page = self.follow(page) if page is not None else self.browser.get("/accounts/login/")
        values = {"login": person.username, "password": PASSWORD, **values}
        return self.submit(page, having="login", **values)

    def confirm_password(self, page: HttpResponse) -> HttpResponse:
        """Re-authenticate on the page that a response leads to."""
        return self.submit(self.follow(page), having="password", password=PASSWORD)

    def decide(
        self,
        response: HttpResponse,
        *,
        allow: Collection[str] | object = EVERYTHING,
        approve: Callable[[int], bool] = lambda place: True,
    ) -> HttpResponse:
        """Answer the consent screen: allow everything, only these scopes, or `()` for nothing.

        `approve` says which authorization details to say yes to, by their place on the screen.
        """
        page = self.follow(response)
        form = form_with(page.content.decode(), "decision")
        if allow == ():
            return self.submit(page, having="decision", decision="deny")
        offered = [*form.values("scope", "checkbox")]
        ticked = [s for s in offered if allow is EVERYTHING or s in allow]  # type: ignore[operator]
        scopes = [*form.values("scope", "hidden"), *ticked]
        details = list(dict.fromkeys(name for name, *_ in form.controls if "detail-" in name))
        said = {name: "allow" if approve(n) else "deny" for n, name in enumerate(details)}
        return self.submit(page, having="decision", scope=scopes, decision="allow", **said)

    def go_through(
        self,
        person: User,
        *,
        allow: Collection[str] | object = EVERYTHING,
        approve: Callable[[int], bool] = lambda place: True,
        **parameters: Any,
    ) -> HttpResponse:
        """Send a request, sign in and decide where asked to; return the answer to the client."""
        response = self.authorize(**parameters)
        if response.get("Location", "").startswith(f"{LOGIN}?"):
            response = self._sign_in_unseen(person, response["Location"])
        response = self.follow(response)
        if self._is_at(response, "factor_due"):
            response = self.follow(self.browser.get(response.wsgi_request.GET["next"]))  # later
        if self._is_at(response, "review"):
            response = self.decide(response, allow=allow, approve=approve)
        return response

    def _sign_in_unseen(self, person: User, address: str) -> HttpResponse:
        """Send the sign-in form without having looked at it: `sign_in` tests what it says."""
        token = self.browser.cookies[settings.CSRF_COOKIE_NAME] = "c" * 32
        form = {"login": person.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        response: HttpResponse = self.browser.post(address, form)
        return response

    def obtain_code(self, person: User, **parameters: Any) -> str:
        """Return a code, after whatever the person has to do for it."""
        return answer_of(self.go_through(person, **parameters))["code"]

    def obtain_tokens(self, person: User, **parameters: Any) -> dict[str, Any]:
        """Return the token response of a whole sign-in."""
        response = self.exchange(self.obtain_code(person, **parameters))
        assert response.status_code == 200, response.content
        return dict(response.json())

    @staticmethod
    def _is_at(response: HttpResponse, name: str) -> bool:
        match = getattr(response, "resolver_match", None)
        return match is not None and match.url_name == name and response.status_code == 200

    # Endpoints for programs ----------------------------------------------------------------------

    def post(
        self, path: str, form: Parameters, *, authorization: str | None = None, **extra: Any
    ) -> HttpResponse:
        """Send a form as a program: no cookies; authenticated as registered unless told how."""
        form = without_nones(form)
        if authorization is None:
            form, authorization = self._authenticated(form)
        if authorization:
            extra["HTTP_AUTHORIZATION"] = authorization
        body = urlencode(form, doseq=True)
        response: HttpResponse = Browser().post(path, body, content_type=FORM, **extra)
        return response

    def _authenticated(self, form: dict[str, Any]) -> tuple[dict[str, Any], str]:
        method = self.client.token_endpoint_auth_method
        if method == "client_secret_basic":
            return form, basic(self.client.client_id, self.secret or "")
        if method == "private_key_jwt":
            return {**asserted(client_key(), self.client.client_id), **form}, ""
        credentials = {"client_id": self.client.client_id, "client_secret": self.secret}
        return without_nones({**credentials, **form}), ""

    def exchange(self, code: str, *, dpop: str = "", **overrides: Any) -> HttpResponse:
        """Send a code to the token endpoint; None leaves a parameter out."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uris.split()[0],
            "code_verifier": VERIFIER,
        }
        return self.post("/token", {**form, **overrides}, **_header(dpop))

    def refresh(self, refresh_token: str, *, dpop: str = "", **overrides: Any) -> HttpResponse:
        """Send a refresh token to the token endpoint."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.post("/token", {**form, **overrides}, **_header(dpop))

    def client_credentials(self, **overrides: Any) -> HttpResponse:
        """Ask for a token of the client's own."""
        return self.post("/token", {"grant_type": "client_credentials", **overrides})

    def userinfo(self, access_token: str, **extra: Any) -> HttpResponse:
        """Ask the userinfo endpoint with a token in the header."""
        header = f"Bearer {access_token}"
        response: HttpResponse = Browser().get("/userinfo", HTTP_AUTHORIZATION=header, **extra)
        return response

    def introspect(self, token: str, **overrides: Any) -> HttpResponse:
        """Ask the introspection endpoint about a token."""
        return self.post("/introspect", {"token": token, **overrides})

    def revoke(self, token: str, **overrides: Any) -> HttpResponse:
        """Revoke a token."""
        return self.post("/revoke", {"token": token, **overrides})

    # Logout --------------------------------------------------------------------------------------

    def logout(self, **parameters: Any) -> HttpResponse:
        """Send the browser to the logout endpoint; return the page or the way back."""
        response = self.browser.get("/logout", without_nones(parameters))
        return self.follow(response)

    def agree_to_sign_out(self, page: HttpResponse) -> HttpResponse:
        """Press "Sign out" on the confirmation page."""
        return self.submit(page, having="allow", allow="yes")


def _header(dpop: str) -> dict[str, str]:
    return {"HTTP_DPOP": dpop} if dpop else {}
