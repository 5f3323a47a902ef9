"""System checks: insecure settings do not start quietly.

`manage.py` runs them before every command; the web process and the worker call `refuse_to_start`.
Errors are for production only: development is insecure on purpose and says so by its name.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.http.request import validate_host

from foundation.base.conf import DEVELOPMENT_SECRET, current
from foundation.base.distance import Distance, distance
from foundation.base.keyed import Ring, secret_key
from foundation.directory.passwords.breached import why_unusable
from foundation.directory.passwords.hashers import LEAST, is_too_cheap
from foundation.directory.risk.locations import current_locator

WEAK = {
    "SECRET_KEY": "scopeward.E002",
    "TOKEN_PEPPER": "scopeward.E003",
    "KEY_ENCRYPTION_SECRET": "scopeward.E004",
    "HISTORY_SECRET": "scopeward.E014",
}
"""The check that finds each of them weak."""
ENCRYPTED = {"require", "verify-ca", "verify-full"}
"""Values of PostgreSQL's `sslmode` under which nothing goes in clear."""
DATABASE_URLS = {"default": "DATABASE_URL", "replica": "DATABASE_REPLICA_URL"}
LEAST_SECRET_LENGTH = 32
LEAST_SECRET_VARIETY = 10


def refuse_to_start() -> None:
    """Raise `SystemCheckError` when a check finds an error."""
    BaseCommand().check(databases=["default"], display_num_errors=False)


@register(Tags.security)
def check_production(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Refuse what is insecure in production: ids scopeward.E001 to E010, E013 to E018, E021."""
    if not settings.PRODUCTION:
        return []
    return [*_secrets(), *_addresses(), *_services(), *_links(), *_passwords()]


def secrets_in_force() -> dict[str, Ring]:
    """Return every secret that keys digests, MACs or encryption, by its variable."""
    return {
        "SECRET_KEY": secret_key(),
        "TOKEN_PEPPER": current().pepper,
        "KEY_ENCRYPTION_SECRET": current().key_encryption_secret,
        "HISTORY_SECRET": settings.HISTORY_SECRET,
    }


def _secrets() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG is on in production.", id="scopeward.E001")
    rings = secrets_in_force()
    for name, ring in rings.items():
        # The older ones too: what they made still counts.
        if any(map(is_weak, ring.secrets)):
            yield _weak(name, WEAK[name])
    held = [secret for ring in rings.values() for secret in ring.secrets]
    if len(set(held)) < len(held):
        yield Error(
            f"{', '.join(rings)} must be secrets of their own, older ones included.",
            hint="Who learns one must not have another, and each is replaced by itself.",
            id="scopeward.E005",
        )


def _addresses() -> Iterator[CheckMessage]:
    conf = current()
    if not conf.issuer.startswith("https://"):
        yield Error("ISSUER must start with https:// in production.", id="scopeward.E006")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS must name the hosts: links in mail are built from them.",
            id="scopeward.E007",
        )
    if not validate_host(conf.host, settings.ALLOWED_HOSTS):
        yield Error(
            f"ALLOWED_HOSTS must hold {conf.host}, the issuer's host, or nobody is answered.",
            id="scopeward.E013",
        )


def _services() -> Iterator[CheckMessage]:
    if not current().rate_limits:
        yield Error("RATE_LIMITS cannot be off in production.", id="scopeward.E008")
    if not settings.REDIS_URL:
        yield Error(
            "REDIS_URL must be set in production.",
            hint="Rate limits hold only if all web processes count together.",
            id="scopeward.E009",
        )
    if not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        yield Error(
            "EMAIL_URL must be a mail server (smtp+tls://user:password@host:587) in production.",
            id="scopeward.E010",
        )
    if settings.SQLITE:
        yield checks.Warning(
            "SQLite serves one machine only.",
            hint="Set DATABASE_URL to a PostgreSQL server.",
            id="scopeward.W001",
        )


def _links() -> Iterator[CheckMessage]:
    """Refuse links that others could read or use; docs/operations.md says how far is far."""
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_encrypted and distance(settings.EMAIL_HOST or "") > Distance.MACHINE:
        yield Error(
            "EMAIL_URL must be smtp+tls:// or smtp+ssl://: mail carries links that open accounts.",
            id="scopeward.E015",
        )
    for alias in () if settings.SQLITE else settings.DATABASES:
        host, sslmode = database_link(alias)
        if distance(host) is Distance.BEYOND and sslmode not in ENCRYPTED:
            yield Error(
                f"{DATABASE_URLS[alias]} leads out of the local network, so it must end in "
                "?sslmode=verify-full.",
                id="scopeward.E016",
            )
    redis = urlsplit(settings.REDIS_URL)
    is_protected = redis.scheme == "rediss" and redis.password
    if distance(redis.hostname or "") is Distance.BEYOND and not is_protected:
        yield Error(
            "REDIS_URL leads out of the local network, so it must be rediss:// with a password.",
            id="scopeward.E017",
        )


def _passwords() -> Iterator[CheckMessage]:
    if is_too_cheap():
        yield Error(
            "PASSWORD_MEMORY and PASSWORD_PASSES are less than what OWASP wants for Argon2id.",
            hint=f"MiB at least, by passes: {LEAST}; five or more passes like five.",
            id="scopeward.E018",
        )
    listed = current().breached_passwords
    if listed and (wrong := why_unusable(Path(listed))):
        yield Error(
            f"BREACHED_PASSWORDS cannot be searched: {wrong}",
            hint="One line for each, SHA-1:COUNT, sorted by the hash, as Have I Been Pwned has it.",
            id="scopeward.E021",
        )


def database_link(alias: str) -> tuple[str, str]:
    """Return the host of a database and how the link is encrypted (libpq's `sslmode`)."""
    database = settings.DATABASES[alias]
    return database["HOST"], database["OPTIONS"].get("sslmode", "prefer")


@register(Tags.compatibility)
def check_locator(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Refuse a NETWORK_LOCATOR that would fail at the first sign-in (E012)."""
    try:
        current_locator()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="scopeward.E012")]
    return []


def is_weak(secret: bytes) -> bool:
    """Whether a secret is too short, too regular, or the one of development."""
    return (
        len(secret) < LEAST_SECRET_LENGTH
        or len(set(secret)) < LEAST_SECRET_VARIETY
        or secret.startswith((b"django-insecure-", DEVELOPMENT_SECRET.encode()[:16]))
    )


def _weak(name: str, identifier: str) -> Error:
    return Error(
        f"{name} is short, regular or a development value.",
        hint="openssl rand -base64 48",
        id=identifier,
    )
