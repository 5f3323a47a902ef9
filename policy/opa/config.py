"""The configuration file of an OPA that is paired with this provider."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CREDENTIALS_FILE = "/run/secrets/scopeward-opa"
"""Holds `base64(client_id:client_secret)`, each form-urlencoded first (RFC 6749 §2.3.1)."""

_OUTSIDE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def bundle_name(client_id: str) -> str:
    """Return the name of a resource server's bundle: its client id, fit for an address.

    Two may get the same name. Who asks is told by the credentials, not by the name.
    """
    return _OUTSIDE_NAMES.sub("-", client_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What an OPA has to know to be paired, as the resource server it decides for."""

    issuer: str
    client_id: str
    audience: str
    keys: Mapping[str, str]
    """Public keys that may sign bundles: `{kid: PEM}`, the next one among them."""
    credentials_file: str = CREDENTIALS_FILE
    long_polling: bool = True


def configuration(pairing: Pairing) -> str:
    """Return the file: JSON, which OPA reads as the YAML that it is."""
    return json.dumps(_members(pairing), indent=2) + "\n"


def _members(pairing: Pairing) -> dict[str, Any]:
    name = bundle_name(pairing.client_id)
    waiting = {"long_polling_timeout_seconds": 5} if pairing.long_polling else {}
    return {
        "services": {
            "scopeward": {
                "url": pairing.issuer,
                "credentials": {
                    "bearer": {"scheme": "Basic", "token_path": pairing.credentials_file}
                },
            }
        },
        "keys": {kid: {"algorithm": "RS256", "key": pem} for kid, pem in pairing.keys.items()},
        "bundles": {
            "scopeward": {
                "service": "scopeward",
                "resource": f"/opa/bundles/{name}.tar.gz",
                "polling": {"min_delay_seconds": 1, "max_delay_seconds": 2, **waiting},
                # Without a keyid OPA takes the one in the signature, so keys can change.
                "signing": {"scope": pairing.audience},
            }
        },
        "decision_logs": {
            "service": "scopeward",
            "resource": "/opa/logs",
            "reporting": {"min_delay_seconds": 1, "max_delay_seconds": 5},
        },
        "caching": {
            "inter_query_builtin_value_cache": {"named": {"io_jwt": {"max_num_entries": 1000}}}
        },
    }
