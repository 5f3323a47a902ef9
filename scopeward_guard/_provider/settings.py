"""What a resource server tells the guard about itself and its provider; loud on nonsense."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scopeward_guard._challenges.challenge import Remediation
from scopeward_guard._provider.algorithms import ALGORITHMS

VARIABLES = {
    "issuer": "SCOPEWARD_ISSUER",
    "resource": "SCOPEWARD_RESOURCE",
    "client_id": "SCOPEWARD_CLIENT_ID",
    "client_secret": "SCOPEWARD_CLIENT_SECRET",
}
"""The fields that are read from the environment."""
SECRET_FILE = "SCOPEWARD_CLIENT_SECRET_FILE"  # noqa: S105 - where it is, not what it is
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WhenStale(StrEnum):
    """Which tokens are refused while the revocation list is older than its `max_age`."""

    DENY_SENSITIVE = "deny_sensitive"
    """Query tokens, and tokens that hold one of `fresh_scopes`."""
    DENY = "deny"
    """All of them."""
    ALLOW = "allow"
    """None: availability over revocation, for the few minutes that a token lives."""


class SettingError(ValueError):
    """A setting that could not be safe, by its name: of a field, or of a variable."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """The guard's configuration. Raises `SettingError` for what could not be safe.

    `resource` is this server's identifier (RFC 8707 §2), the `aud` of every token for it; times
    are in seconds. `client_id` and `client_secret` are the resource server's own, needed for
    introspection, for consuming approvals and for the policy bundle, which `policy` asks for.
    `public_url` is where callers find this server, as DPoP proofs name it, where that is not the
    scheme and host of `resource`.
    """

    issuer: str
    resource: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    algorithms: tuple[str, ...] = tuple(ALGORITHMS)
    leeway: int = 5
    keys_fresh_for: float = 300.0
    keys_stale_for: float = 3600.0
    keys_pause: float = 5.0
    introspection_kept_for: float = 0.0
    revocations: bool = True
    revocations_interval: float = 1.0
    when_stale: WhenStale = WhenStale.DENY_SENSITIVE
    fresh_scopes: frozenset[str] = frozenset()
    policy: bool = False
    policy_interval: float = 5.0
    policy_max_age: float = 300.0
    decision_log: bool = False
    decision_log_permits: int = 10
    remediation: Remediation = Remediation.PARAMETER
    timeout: float = 2.0
    public_url: str = ""

    def __post_init__(self) -> None:
        for name in ("issuer", "resource", *(("public_url",) if self.public_url else ())):
            _check_address(name, getattr(self, name))
        if self.issuer.endswith("/"):
            raise SettingError("issuer", "without a slash at the end")
        if not self.algorithms or not set(self.algorithms) <= set(ALGORITHMS):
            raise SettingError("algorithms", f"some of {', '.join(ALGORITHMS)}")
        _check_times(self)
        if bool(self.client_id) != bool(self.client_secret):
            missing = "client_secret" if self.client_id else "client_id"
            raise SettingError(missing, "client_id and client_secret come together, or not at all")
        for name in ("policy", "decision_log"):
            if getattr(self, name) and not self.client_id:
                raise SettingError("client_id", f"is missing, and {name} is for clients only")
        if self.decision_log_permits < 0:
            raise SettingError("decision_log_permits", "one in so many, 0 for none")

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, **settings: Any
    ) -> "GuardSettings":
        """Read `SCOPEWARD_ISSUER`, `_RESOURCE`, `_CLIENT_ID`, `_CLIENT_SECRET` or `…_SECRET_FILE`.

        `settings` are the fields that have no variable. Raises `SettingError` with the name of the
        variable, or field, that is missing or cannot be used.
        """
        for field_name in ("issuer", "resource"):
            if not environment.get(VARIABLES[field_name]):
                raise SettingError(VARIABLES[field_name], "is not set")
        read = {name: environment.get(variable, "") for name, variable in VARIABLES.items()}
        if file := environment.get(SECRET_FILE):
            read["client_secret"] = _secret(file)
        try:
            return cls(**{**read, **settings})
        except SettingError as error:
            variable = VARIABLES.get(error.name, error.name)
            raise SettingError(variable, error.problem) from None


def _secret(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise SettingError(SECRET_FILE, f"{file} cannot be read") from error


def origin_of(url: str) -> str:
    """Return scheme and host of an address, with its port where it has one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_safe_address(url: str) -> bool:
    """Return whether a URL is https, or http on this very machine; no fragment, no user name."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.fragment or parts.username is not None or not host or not url.isascii():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)


def _check_times(settings: GuardSettings) -> None:
    if not 0 <= settings.leeway <= 60:
        raise SettingError("leeway", "0 to 60 seconds")
    if not 0 <= settings.introspection_kept_for <= 5:
        raise SettingError("introspection_kept_for", "0 to 5 seconds")
    if not 0 < settings.keys_fresh_for <= settings.keys_stale_for <= 86_400:
        raise SettingError("keys_fresh_for", "above 0, at most keys_stale_for; that at most a day")
    if not 0 < settings.policy_interval <= settings.policy_max_age <= 86_400:
        raise SettingError("policy_interval", "above 0, at most policy_max_age; that at most a day")


def _check_address(name: str, url: str) -> None:
    if not is_safe_address(url):
        problem = "an https URL (http only on this machine), without a fragment"
        raise SettingError(name, problem)
