"""The endpoints that programs call: path to view. `machines` answers them, before Django.

A path that ends in a slash stands for everything one level below it; a star stands for any one
name before the last.
"""

from idp.protocol import paths

MACHINE_ENDPOINTS: dict[str, str] = {
    paths.HOUSE: "idp.endpoints.house.house_files",
    paths.TOKEN: "idp.endpoints.token.token",
    paths.PAR: "idp.endpoints.pushed_authorization.pushed_authorization",
    paths.BACKCHANNEL: "idp.endpoints.backchannel_authentication.authenticate",
    paths.DEVICE_AUTHORIZATION: "idp.endpoints.device.authorization.device_authorization",
    paths.USERINFO: "idp.endpoints.userinfo.userinfo",
    paths.INTROSPECT: "idp.endpoints.introspection.introspect",
    paths.REVOKE: "idp.endpoints.revocation.revoke",
    paths.GRANTS: "idp.endpoints.grants.grants",
    f"{paths.GRANTS}/": "idp.endpoints.grants.grants",
    f"{paths.APPROVALS}/*/consume": "idp.endpoints.resource_servers.approvals.consume",
    f"{paths.APPROVALS}/*/report": "idp.endpoints.resource_servers.approvals.report",
    paths.REVOCATIONS: "idp.endpoints.resource_servers.revocations.revocations",
    f"{paths.OPA_BUNDLES}/": "idp.endpoints.resource_servers.opa_bundles.bundles",
    "/opa/logs": "idp.endpoints.resource_servers.opa_logs.logs",
    paths.POLICY_BUNDLE: "idp.endpoints.resource_servers.policy_bundle.policy_bundle",
    paths.POLICY_DECISIONS: "idp.endpoints.resource_servers.decisions.decisions",
    "/access/v1/evaluation": "idp.endpoints.resource_servers.authzen.access_evaluation",
    "/access/v1/evaluations": "idp.endpoints.resource_servers.authzen.access_evaluations",
    "/access/v1/search/subject": "idp.endpoints.resource_servers.authzen.search_subject",
    "/access/v1/search/resource": "idp.endpoints.resource_servers.authzen.search_resource",
    "/access/v1/search/action": "idp.endpoints.resource_servers.authzen.search_action",
    "/.well-known/authzen-configuration": "idp.endpoints.resource_servers.authzen.configuration",
    paths.JWKS: "idp.endpoints.jwks.jwks",
    paths.OPENID_CONFIGURATION: "idp.endpoints.metadata.metadata",
    paths.AUTHORIZATION_SERVER_METADATA: "idp.endpoints.metadata.metadata",
    paths.DETAILS_TYPES: "idp.endpoints.resource_servers.details_types.details_types",
    paths.SCIM: "idp.endpoints.scim.scim",
    f"{paths.SCIM}/": "idp.endpoints.scim.scim",
    f"{paths.SCIM}/Users/": "idp.endpoints.scim.scim",
    f"{paths.SCIM}/Groups/": "idp.endpoints.scim.scim",
    f"{paths.SCIM}/Schemas/": "idp.endpoints.scim.scim",
    f"{paths.SCIM}/ResourceTypes/": "idp.endpoints.scim.scim",
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
