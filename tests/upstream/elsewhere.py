"""A provider upstream, in process; anything about it can be wrong."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone
from jwcrypto import jwk, jws

from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.outgoing import Call, NoAnswerError, OutgoingAnswer
from foundation.directory.upstream.models import UpstreamProvider
from idp.upstream.relying_party.id_token import at_hash
from scopeward_guard.vocabulary import encode_base64url

BEGIN = "/accounts/upstream/"
ISSUER = "https://elsewhere.example"
CLIENT_ID, SECRET = "scopeward-there", "secret-there-of-thirty-two-letters!!"


def new_key(kid: str = "one", **kind: Any) -> jwk.JWK:
    return jwk.JWK.generate(**{"kty": "EC", "crv": "P-256", "kid": kid, **kind})


@dataclass
class Elsewhere:
    """The provider. What it says next can be replaced."""

    issuer: str = ISSUER
    sub: str = "sub-of-ada"
    claims: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that replace what is right; None leaves one out."""
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    key: jwk.JWK = field(default_factory=new_key)
    published: jwk.JWK | None = None
    sign: Callable[["Elsewhere", dict[str, Any]], str] | None = None
    is_away: bool = False
    asked: list[Call] = field(default_factory=list)
    nonce: str = ""
    challenge: str = ""

    def call(self, what: Call, _reach: Any) -> OutgoingAnswer:
        """Answer in the place of `foundation.base.outgoing.call`."""
        self.asked.append(what)
        if self.is_away:
            raise NoAnswerError("nobody there")
        said = {
            "/.well-known/openid-configuration": self.discovery,
            "/jwks": self.jwks,
            "/token": lambda: self.tokens(what),
            "/userinfo": lambda: self.userinfo,
        }[urlsplit(what.url).path]()
        if said is None:
            return OutgoingAnswer(400, b"{}")
        return OutgoingAnswer(200, json.dumps(said).encode())

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
            **self.metadata,
        }

    def jwks(self) -> dict[str, Any]:
        return {"keys": [(self.published or self.key).export_public(as_dict=True)]}

    def tokens(self, what: Call) -> dict[str, Any] | None:
        form = dict(parse_qsl(what.body.decode()))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if encode_base64url(digest) != self.challenge or form.get("code") != "code":
            return None
        self.challenge = "used"
        return {
            "access_token": "token-there",
            "token_type": "Bearer",
            "id_token": self.id_token(),
            **self.answer,
        }

    def id_token(self) -> str:
        now = int(timezone.now().timestamp())
        said = {
            "iss": self.issuer,
            "sub": self.sub,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "at_hash": at_hash("token-there", "ES256"),
            **self.claims,
            **self.wrong,
        }
        said = {name: value for name, value in said.items() if value is not None}
        if self.sign is not None:
            return self.sign(self, said)
        return signed(said, self.key, {"alg": "ES256", "kid": self.key["kid"], **self.header})


def signed(said: dict[str, Any], key: jwk.JWK, header: dict[str, Any]) -> str:
    made = jws.JWS(json.dumps(said))
    made.add_signature(key, None, json.dumps(header))
    text: str = made.serialize(compact=True)
    return text


def make_provider(elsewhere: Elsewhere, slug: str = "there", **columns: Any) -> UpstreamProvider:
    """Keep a provider as the administration does."""
    provider = UpstreamProvider(
        name=slug.title(),
        slug=slug,
        issuer=elsewhere.issuer,
        client_id=CLIENT_ID,
        metadata=elsewhere.discovery(),
        **columns,
    )
    provider.keep_secret(SECRET)
    provider.save()
    start_new_epoch()
    return provider


def leave(
    browser: Browser, elsewhere: Elsewhere, path: str = BEGIN, **given: Any
) -> dict[str, str]:
    """Press the button; returns what the provider is asked."""
    page = browser.post(path, {"provider": "there", **given})
    assert page.status_code == 200, page
    onward = page.context["onward"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(onward).query).items()}
    elsewhere.nonce, elsewhere.challenge = asked["nonce"], asked["code_challenge"]
    return asked


def back(browser: Browser, state: str, slug: str = "there", **given: Any) -> HttpResponse:
    """Come back from the provider."""
    said = {"code": "code", "state": state, "iss": ISSUER, **given}
    answer: HttpResponse = browser.get(
        f"{BEGIN}{slug}/callback/",
        {name: value for name, value in said.items() if value is not None},
    )
    return answer


def there_and_back(
    browser: Browser, elsewhere: Elsewhere, path: str = BEGIN, **given: Any
) -> HttpResponse:
    return back(browser, leave(browser, elsewhere, path, **given)["state"])
