"""Paths of the protocol's endpoints, below the issuer."""

AUTHORIZE = "/authorize"
TOKEN = "/token"  # noqa: S105
USERINFO = "/userinfo"
INTROSPECT = "/introspect"
REVOKE = "/revoke"
GRANTS = "/grants"
REVOCATIONS = "/revocations"
LOGOUT = "/logout"
JWKS = "/.well-known/jwks.json"
OPENID_CONFIGURATION = "/.well-known/openid-configuration"
AUTHORIZATION_SERVER_METADATA = "/.well-known/oauth-authorization-server"
