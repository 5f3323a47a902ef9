"""What the Warehouse is told: its provider, its own credentials, and where it lives."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Config:
    """Addresses are origins (`http://localhost:8002`), without a slash at the end."""

    issuer: str
    origin: str
    client_id: str
    client_secret: str
    folder: Path
    """Where the embedded database lies."""
    database_url: str = ""
    """PostgreSQL instead of the embedded database: `postgres://...`, as its owner."""


def from_environment(environ: Mapping[str, str] = os.environ) -> Config:
    """Read `WAREHOUSE_*`; raises `SystemExit` naming what is missing."""
    names = ("ISSUER", "ORIGIN", "CLIENT_ID", "CLIENT_SECRET", "FOLDER")
    values = {name: environ.get(f"WAREHOUSE_{name}", "") for name in names}
    if missing := [f"WAREHOUSE_{name}" for name in names if not values[name]]:
        raise SystemExit(f"The Warehouse needs {', '.join(missing)}.")
    return Config(
        issuer=values["ISSUER"],
        origin=values["ORIGIN"],
        client_id=values["CLIENT_ID"],
        client_secret=values["CLIENT_SECRET"],
        folder=Path(values["FOLDER"]),
        database_url=environ.get("WAREHOUSE_URL", ""),
    )
