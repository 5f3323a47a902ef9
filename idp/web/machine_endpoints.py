"""The endpoints that programs call: path to view. `machines` answers them, before Django.

A path that ends in a slash stands for everything one level below it; a star stands for any one
name before the last.
"""

MACHINE_ENDPOINTS: dict[str, str] = {
    "/token": "idp.endpoints.token.token",
    "/par": "idp.endpoints.pushed_authorization.pushed_authorization",
    "/backchannel-authentication": "idp.endpoints.backchannel_authentication.authenticate",
    "/userinfo": "idp.endpoints.userinfo.userinfo",
    "/introspect": "idp.endpoints.introspection.introspect",
    "/revoke": "idp.endpoints.revocation.revoke",
    "/grants": "idp.endpoints.grants.grants",
    "/grants/": "idp.endpoints.grants.grants",
    "/approvals/*/consume": "idp.endpoints.resource_servers.approvals.consume",
    "/approvals/*/report": "idp.endpoints.resource_servers.approvals.report",
    "/revocations": "idp.endpoints.resource_servers.revocations.revocations",
    "/opa/bundles/": "idp.endpoints.resource_servers.opa_bundles.bundles",
    "/opa/logs": "idp.endpoints.resource_servers.opa_logs.logs",
    "/policy/bundle": "idp.endpoints.resource_servers.policy_bundle.policy_bundle",
    "/policy/decisions": "idp.endpoints.resource_servers.decisions.decisions",
    "/access/v1/evaluation": "idp.endpoints.resource_servers.authzen.access_evaluation",
    "/access/v1/evaluations": "idp.endpoints.resource_servers.authzen.access_evaluations",
    "/access/v1/search/subject": "idp.endpoints.resource_servers.authzen.search_subject",
    "/access/v1/search/resource": "idp.endpoints.resource_servers.authzen.search_resource",
    "/access/v1/search/action": "idp.endpoints.resource_servers.authzen.search_action",
    "/.well-known/authzen-configuration": "idp.endpoints.resource_servers.authzen.configuration",
    "/.well-known/jwks.json": "idp.endpoints.jwks.jwks",
    "/.well-known/openid-configuration": "idp.endpoints.metadata.metadata",
    "/.well-known/oauth-authorization-server": "idp.endpoints.metadata.metadata",
    "/authorization-details-types": "idp.endpoints.resource_servers.details_types.details_types",
    "/livez": "idp.endpoints.health.livez",
    "/readyz": "idp.endpoints.health.readyz",
}


def machine_endpoint(path: str) -> str | None:
    """Return the entry that a path belongs to, None for a page."""
    candidates = (path, _parent(path), _starred(path))
    return next((name for name in candidates if name in MACHINE_ENDPOINTS), None)


def _parent(path: str) -> str:
    return path.rpartition("/")[0] + "/"


def _starred(path: str) -> str:
    """Return the path with a star for the name before the last."""
    above, _, last = path.rpartition("/")
    return f"{above.rpartition('/')[0]}/*/{last}"
