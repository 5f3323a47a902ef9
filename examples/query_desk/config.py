"""What Query Desk is told: the issuer, its own credentials, and where it lives."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

SCOPES = (
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "roles",
    "department",
    "projects",
    "clearance",
    "warehouse:finance",
    "warehouse:hr",
    "offline_access",
)


@dataclass(frozen=True)
class Config:
    """Addresses are origins (`http://localhost:8001`), without a slash at the end."""

    issuer: str
    client_id: str
    client_secret: str
    origin: str
    resource: str
    """The resource server that access tokens are asked for (RFC 8707)."""
    scopes: tuple[str, ...] = SCOPES

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to."""
        return f"{self.origin}/callback"

    @property
    def post_logout_redirect_uri(self) -> str:
        """Where the provider sends people after they signed out."""
        return f"{self.origin}/signed-out"


def from_environment(environ: Mapping[str, str] = os.environ) -> Config:
    """Read `QUERY_DESK_*`; raises `SystemExit` naming what is missing."""
    names = ("issuer", "client_id", "client_secret", "origin", "resource")
    values = {name: environ.get(f"QUERY_DESK_{name.upper()}", "") for name in names}
    if missing := [f"QUERY_DESK_{name.upper()}" for name in names if not values[name]]:
        raise SystemExit(f"Query Desk needs {', '.join(missing)}.")
    return Config(
        issuer=values["issuer"],
        client_id=values["client_id"],
        client_secret=values["client_secret"],
        origin=values["origin"],
        resource=values["resource"],
    )
