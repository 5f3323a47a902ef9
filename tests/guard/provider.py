"""A provider in one object: keys, tokens, revocations, approvals; counts what it is asked."""

import base64
import hashlib
import json
from collections import Counter
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto import jwk, jws

from scopeward_guard.cedar import PolicyDocument

ISSUER = "https://id.example"
RESOURCE = "https://warehouse.example"
NOW = 1_800_000_000.0
QUERY = "urn:scopeward:query:1"


def new_key(kid: str, kind: str = "EC") -> jwk.JWK:
    """Return a private key; EC means P-256 with ES256."""
    if kind == "RSA":
        return jwk.JWK.generate(kty="RSA", size=2048, kid=kid, alg="RS256", use="sig")
    if kind == "OKP":
        return jwk.JWK.generate(kty="OKP", crv="Ed25519", kid=kid, alg="EdDSA", use="sig")
    return jwk.JWK.generate(kty="EC", crv="P-256", kid=kid, alg="ES256", use="sig")


def signed(key: jwk.JWK, payload: Any, **header: Any) -> str:
    """Return a compact JWS by the reference implementation; members of None are left out."""
    members = {"alg": key["alg"], "typ": "at+jwt", "kid": key["kid"], **header}
    members = {name: value for name, value in members.items() if value is not None}
    data = payload if isinstance(payload, str | bytes) else json.dumps(payload)
    token = jws.JWS(data)
    token.allowed_algs = [*jws.default_allowed_algs, "HS256", "none", "RS512"]
    token.add_signature(key, None, json.dumps(members), None)
    return str(token.serialize(compact=True))


def part(value: Any) -> str:
    """Return one part of a JWS: bytes as they are, anything else as JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(key: jwk.JWK, header: Any, payload: Any) -> str:
    """Return a JWS whose ES256 signature is right, whatever its header says."""
    data = f"{part(header)}.{part(payload)}"
    r, s = decode_dss_signature(key.get_op_key("sign").sign(data.encode(), ec.ECDSA(SHA256())))
    return f"{data}.{part(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class FakeProvider:
    """Answers like Scopeward, through `httpx.MockTransport(provider.answer)`."""

    def __init__(
        self, issuer: str = ISSUER, resource: str = RESOURCE, *, started_at: float = NOW
    ) -> None:
        self.issuer, self.resource, self.started_at = issuer, resource, started_at
        self.key = new_key("first")
        self.published = [self.key]
        self.asked: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.is_down = self.has_no_deny_list = False
        self.opaque: dict[str, dict[str, Any]] = {}
        self.revoked: dict[str, Any] = {"grants": [], "tokens": [], "families": []}
        self.minted: set[str] = set()
        self.reports: list[dict[str, Any]] = []
        self.consumed: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.document: PolicyDocument | None = None
        self.bundle_sent: str | None = None
        self.seconds_later = 0.0

    def now(self) -> float:
        """Return the time, by its own clock."""
        return self.started_at + self.seconds_later

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good access token; changes of None are left out."""
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": self.resource,
            "exp": now + 300,
            "iat": now,
            "jti": "0123456789abcdef0123456789abcdef.a1b2",
            "client_id": "desk",
            "scope": "payments:read profile",
            "grant_id": "grant-1",
            "acr": "pwd",
            "auth_time": now - 60,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changes: Any) -> str:
        """Return a good access token, but for `changes`."""
        return signed(self.key, self.claims(**changes))

    def bundle(self, *, header: Any = None, **changes: Any) -> str:
        """Return a good policy bundle, but for `changes`; members of None are left out."""
        document = self.document or PolicyDocument(audience=self.resource, policies="")
        payload = {
            "iss": self.issuer,
            "aud": self.resource,
            "iat": int(self.now()),
            "max_age": 300,
            "revision": document.revision,
            "document": document.as_json(),
            "revocations": self._deny_list(),
        } | changes
        payload = {name: value for name, value in payload.items() if value is not None}
        return signed(self.key, payload, **{"typ": "scopeward-policy+jwt", **(header or {})})

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        path = request.url.path
        self.asked[path] += 1
        self.requests.append(request)
        if self.is_down:
            raise httpx.ConnectError("down", request=request)
        if path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self.metadata())
        if path == "/jwks":
            keys = [key.export_public(as_dict=True) for key in self.published]
            return httpx.Response(200, json={"keys": keys})
        if path == "/revocations":
            return self._revocations()
        if path == "/policy/bundle":
            return self._bundle(request)
        if path == "/introspect":
            form = dict(httpx.QueryParams(request.content.decode()))
            return httpx.Response(200, json=self.opaque.get(form["token"], {"active": False}))
        return self._told(path, json.loads(request.content))

    def metadata(self) -> dict[str, Any]:
        """Return the metadata document."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "introspection_endpoint": f"{self.issuer}/introspect",
        }

    def _deny_list(self) -> dict[str, Any]:
        return {"revision": "1", "generated_at": int(NOW), "max_age": 5, **self.revoked}

    def _revocations(self) -> httpx.Response:
        if self.has_no_deny_list:
            return httpx.Response(503)
        return httpx.Response(200, json=self._deny_list())

    def _bundle(self, request: httpx.Request) -> httpx.Response:
        """Answer with `bundle_sent` as it is, or like Scopeward."""
        if self.document is None and self.bundle_sent is None:
            return httpx.Response(404)
        known = [self.document.revision if self.document else "", self.key["kid"], self.revoked]
        etag = f'"{hashlib.sha256(json.dumps(known).encode()).hexdigest()}"'
        if self.bundle_sent is not None:
            return httpx.Response(200, content=self.bundle_sent, headers={"ETag": '"other"'})
        if request.headers.get("If-None-Match") == etag:
            return httpx.Response(304, headers={"ETag": etag})
        return httpx.Response(200, content=self.bundle(), headers={"ETag": etag})

    def _told(self, path: str, body: dict[str, Any]) -> httpx.Response:
        if path == "/policy/decisions":
            self.decisions += body["decisions"]
            return httpx.Response(204)
        return self._approval(path, body)

    def _approval(self, path: str, body: dict[str, Any]) -> httpx.Response:
        _, _, approval_id, verb = path.split("/")
        if verb == "report":
            self.reports.append(body)
            return httpx.Response(204)
        if approval_id not in self.minted:
            return httpx.Response(409, json={"error": "already_consumed"})
        self.minted.remove(approval_id)
        self.consumed.append(body)
        answer = {"consumed": True, "approval_id": approval_id, "consumed_at": int(NOW)}
        return httpx.Response(200, json=answer)
