"""What a bench is served with: throw-away servers, and settings in the environment."""

import os
from contextlib import ExitStack
from pathlib import Path

from tests.services import postgresql, redis


def serve_from(stack: ExitStack, folder: Path, database: str) -> None:
    """Set the environment before Django is; start PostgreSQL and Redis unless it is `sqlite`."""
    port = str(redis.free_port())
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "idp.settings",
        "DATA_DIR": str(folder),
        "PORT": port,
        "ISSUER": f"http://localhost:{port}",
        "LOG_LEVEL": "ERROR",
        "LOG_FORMAT": "json",
        "RATE_LIMITS": "off",
    }
    if database == "postgresql":
        os.environ["DATABASE_URL"] = stack.enter_context(postgresql.server())
        os.environ["REDIS_URL"] = stack.enter_context(redis.server())
