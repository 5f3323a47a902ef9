"""Paths of the protocol's endpoints, below the issuer."""

AUTHORIZE = "/authorize"
TOKEN = "/token"  # noqa: S105
USERINFO = "/userinfo"
PAR = "/par"
DETAILS_TYPES = "/authorization-details-types"
INTROSPECT = "/introspect"
REVOKE = "/revoke"
LOGOUT = "/logout"
JWKS = "/.well-known/jwks.json"
OPENID_CONFIGURATION = "/.well-known/openid-configuration"
AUTHORIZATION_SERVER_METADATA = "/.well-known/oauth-authorization-server"
