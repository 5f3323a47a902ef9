"""Signing in with a second Scopeward, which runs as a program of its own."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from claims.services import attributes_of
from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.outgoing import OutgoingReach, breaker
from foundation.directory.models import User
from foundation.directory.sign_in import current_sign_in
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from idp.upstream.relying_party import keys
from idp.upstream.relying_party.discovery import discover
from idp.upstream.relying_party.transaction import address_of
from tests.html_forms import form_with
from tests.interop.conftest import PASSWORD, manage

BEGIN = "/accounts/upstream/"
SCOPES = "openid profile email roles"


class StopsAt(HTTPRedirectHandler):
    """Follows redirects, but for the one that leads back to us."""

    def __init__(self, address: str) -> None:
        self.address, self.reached = address, ""

    def redirect_request(self, *given: Any) -> Any:
        """Stop where the provider sends the browser back."""
        if given[-1].startswith(self.address):
            self.reached = given[-1]
            return None
        return super().redirect_request(*given)


class There:
    """A browser at the second one, without scripts, over HTTP."""

    def __init__(self, back_to: str) -> None:
        self.stops = StopsAt(back_to)
        self.opener = build_opener(HTTPCookieProcessor(), self.stops)
        self.page, self.at = "", ""

    def go(self, address: str, form: Any = None) -> None:
        """Go there; nothing is left to do once the browser was sent back to us."""
        body = urlencode(form, doseq=True).encode() if form is not None else None
        try:
            with self.opener.open(address, body) as answer:
                self.page, self.at = answer.read().decode(), answer.url
        except HTTPError:
            if not self.stops.reached:
                raise

    def submit(self, having: str, **values: Any) -> None:
        """Fill in a form of the page."""
        form = form_with(self.page, having)
        self.go(urljoin(self.at, form.action or self.at), {**form.data, **values})


@pytest.fixture
def second(provider: dict[str, str], db: None, settings: Any) -> UpstreamProvider:
    """The second one as a provider of ours, asked about itself over HTTP."""
    settings.OUTGOING = OutgoingReach(anywhere=True)
    breaker.clear()
    keys.forget()
    kept = UpstreamProvider(
        name="Second",
        slug="second",
        issuer=provider["ISSUER"],
        scopes=SCOPES,
        newcomers="domains",
        domains="example.com",
        believes_addresses=True,
        taken=[["roles", "attributes.roles"]],
        levels=[["urn:scopeward:acr:1", "1"]],
        methods="pwd",
        metadata=discover(provider["ISSUER"]),
    )
    registered = ["create_client", "--name", "First", "--scope", SCOPES]
    registered += ["--redirect-uri", address_of(kept, "callback")]
    client = json.loads(*manage(provider, registered))
    kept.client_id = client["client_id"]
    kept.keep_secret(client["client_secret"])
    kept.save()
    start_new_epoch()
    return kept


def sign_in(browser: Browser, provider: UpstreamProvider) -> HttpResponse:
    there = There(address_of(provider, "callback"))
    there.go(browser.post(BEGIN, {"provider": "second"}).context["onward"])
    there.submit("login", login="mary", password=PASSWORD)
    if not there.stops.reached:
        form = form_with(there.page, "decision")
        offered = [*form.values("scope", "checkbox"), *form.values("scope", "hidden")]
        there.submit("decision", scope=offered, decision="allow")
    back = urlsplit(there.stops.reached)
    answer: HttpResponse = browser.get(back.path, dict(parse_qsl(back.query)))
    return answer


def test_person_of_a_second_scopeward_is_made_signed_in_and_known_again(
    second: UpstreamProvider,
) -> None:
    browser, again = Browser(), Browser()

    assert sign_in(browser, second).status_code == 302

    person = User.objects.get()
    assert (person.email, person.email_verified) == ("mary@example.com", True)
    assert person.given_name == "Mary"
    assert attributes_of([person.pk])[person.pk] == {"roles": ["analyst"]}
    found = current_sign_in(browser.get("/accounts/").wsgi_request)
    assert found is not None
    assert (found.acr[-1], found.amr) == ("1", ("pwd",))
    assert sign_in(again, second).status_code == 302
    assert again.session["_auth_user_id"] == str(person.pk)
    assert UpstreamAccount.objects.count() == 1


def test_second_scopeward_with_another_issuer_than_it_says_is_refused(
    second: UpstreamProvider,
) -> None:
    UpstreamProvider.objects.update(issuer=second.issuer + "/")

    assert sign_in(Browser(), second).status_code == 400
    assert not User.objects.exists()
