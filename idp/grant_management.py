"""The words of Grant Management for OAuth 2.0 (FAPI, implementer's draft)."""

CREATE, MERGE, REPLACE = ACTIONS = ("create", "merge", "replace")
"""§5.2 `grant_management_action`: what an authorization request may do to a grant."""

QUERY, REVOKE = API_ACTIONS = ("query", "revoke")
"""§7.1: what the grant endpoint does."""

QUERY_SCOPE, REVOKE_SCOPE = "grant_management_query", "grant_management_revoke"
API_SCOPES = frozenset({QUERY_SCOPE, REVOKE_SCOPE})
"""§6.1: scopes of the grant endpoint, for clients acting for themselves, at the provider only."""
