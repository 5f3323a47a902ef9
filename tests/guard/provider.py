"""A provider in one object: keys, tokens, revocations, approvals; counts what it is asked."""

import base64
import json
from collections import Counter
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto import jwk, jws

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

    def __init__(self, issuer: str = ISSUER, resource: str = RESOURCE) -> None:
        self.issuer, self.resource = issuer, resource
        self.key = new_key("first")
        self.published = [self.key]
        self.asked: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.is_down = False
        self.opaque: dict[str, dict[str, Any]] = {}
        self.revoked: dict[str, Any] = {"grants": [], "tokens": [], "families": []}
        self.minted: set[str] = set()
        self.reports: list[dict[str, Any]] = []
        self.consumed: list[dict[str, Any]] = []

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good access token; changes of None are left out."""
        claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": self.resource,
            "exp": int(NOW) + 300,
            "iat": int(NOW),
            "jti": "0123456789abcdef0123456789abcdef.a1b2",
            "client_id": "desk",
            "scope": "payments:read profile",
            "grant_id": "grant-1",
            "acr": "pwd",
            "auth_time": int(NOW) - 60,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changes: Any) -> str:
        """Return a good access token, but for `changes`."""
        return signed(self.key, self.claims(**changes))

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
        if path == "/introspect":
            form = dict(httpx.QueryParams(request.content.decode()))
            return httpx.Response(200, json=self.opaque.get(form["token"], {"active": False}))
        return self._approval(path, json.loads(request.content))

    def metadata(self) -> dict[str, Any]:
        """Return the metadata document."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "introspection_endpoint": f"{self.issuer}/introspect",
        }

    def _revocations(self) -> httpx.Response:
        body = {"revision": "1", "generated_at": int(NOW), "max_age": 5, **self.revoked}
        return httpx.Response(200, json=body)

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
