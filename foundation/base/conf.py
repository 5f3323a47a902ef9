"""Scopeward's own settings: typed, in one place. Durations are seconds."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings

from foundation.base.keyed import Ring

DEVELOPMENT_SECRET = "development-only-secret-key" + "-" * 30
"""Stands in for secrets that nobody set; production refuses it."""


@dataclass(frozen=True)
class Conf:
    """What the provider is told by its operator."""

    issuer: str
    pepper: Ring
    """Keys the digests of secrets, codes and opaque tokens."""
    key_encryption_secret: Ring
    """Encrypts the signing keys at rest, and says which of them are ours."""
    enrol_on_the_way: bool = True
    """Whoever needs a stronger sign-in than they can reach may add a factor there and then."""
    production: bool = False
    """Nothing that is only for trying things out is allowed."""
    rate_limits: bool = True
    require_pushed_authorization_requests: bool = False
    """Of every client (RFC 9126 §5)."""
    pushed_request_lifetime: int = 90
    backchannel_request_lifetime: int = 600
    """How long a request without a browser waits when the client does not say (CIBA Core §7.1)."""
    backchannel_request_longest: int = 86400
    backchannel_interval: int = 5
    """Between two polls (CIBA Core §7.3)."""
    authorization_request_lifetime: int = 1800
    code_lifetime: int = 60
    access_token_lifetime: int = 300
    id_token_lifetime: int = 600
    refresh_token_lifetime: int = 30 * 86400
    """How long a refresh token may lie unused."""
    refresh_token_family_lifetime: int = 365 * 86400
    """How long a sign-in may be prolonged by refreshing."""
    replay_leeway: int = 0
    """For so long a used code or refresh token that comes again is refused, but ends nothing."""
    refresh_grace: int = 10
    """For so long a refresh token that was used gets its client the same successor again."""
    web_processes: int = 1
    """That one server starts, here (`GRANIAN_WORKERS`)."""
    replica_lag: int = 5
    """Seconds that the replica may be behind and is still read."""
    machine_threads: int = 4
    """Of one process, for endpoints that programs call; each has a database connection."""
    page_threads: int = 4
    """Of one process, for pages; each has a database connection."""
    password_memory: int = 19
    """MiB that hashing one password takes (docs/decisions/0019-passwords.md)."""
    password_passes: int = 2
    """Times that it goes over them."""
    password_length: int = 15
    """Characters at least: a password may stand alone (NIST SP 800-63B-4 §3.1.1.2)."""
    breached_passwords: str = ""
    """Path of a sorted list of SHA-1 hashes that no new password may be on; empty: none."""
    session_idle: int = 14 * 86400
    """A browser session that nobody uses ends after so long."""
    session_longest: int = 30 * 86400
    """A browser session ends so long after it began, however it is used."""
    staff_session_idle: int = 3600
    """The same of people who may use the administration."""
    staff_session_longest: int = 12 * 3600
    remember_device_days: int = 0
    """So long a device may stand for the second factor that was proved on it; 0: never."""
    reset_delay: int = 24 * 3600
    """So long somebody can stop that others reset how they sign in."""
    password_hashes_at_once: int = 2
    """Of one process; whoever comes beside them waits for a moment."""
    opa_long_polls: int = 16
    """How many Open Policy Agents may wait for a bundle in one process, each in a thread."""
    key_rotation_period: int = 90 * 86400
    key_announcement_period: int = 14 * 86400
    decision_log_permits: int = 10
    """One in so many permits is kept in the log of policy decisions; 0 keeps none."""
    decision_log_retention: int = 90 * 86400
    """How long a policy decision is kept in the log."""

    @cached_property
    def host(self) -> str:
        """The issuer's host, without a port."""
        host = urlsplit(self.issuer).hostname or ""
        return f"[{host}]" if ":" in host else host


def current() -> Conf:
    """Return the configuration in force."""
    conf: Conf = settings.SCOPEWARD
    return conf
