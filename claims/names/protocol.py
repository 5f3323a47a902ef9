"""The claims whose meaning the protocols fix."""

ANNOUNCED = ("sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid")
"""Those that `claims_supported` names (OIDC Discovery §3)."""

RESERVED = frozenset(
    {
        *("iss", "sub", "aud", "exp", "iat", "nbf", "jti"),
        *("nonce", "acr", "amr", "azp", "auth_time", "at_hash", "c_hash", "sid"),
        *(
            "scope",
            "client_id",
            "cnf",
            "grant_id",
            "authorization_details",
            "txn",
            "act",
            "may_act",
            "events",
            "_claim_names",
            "_claim_sources",
        ),
    }
)
"""Claims that a mapping must never write."""
