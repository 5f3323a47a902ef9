"""Moments and pasts for tests of the parts: keyword-only, ordinary by default."""

from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.directory.risk.context import PastSignIn, RiskContext, Whereabouts

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOME, AWAY = "192.0.2.0/24", "198.51.100.0/24"
LAPTOP, PHONE = "digest-of-the-laptop", "digest-of-the-phone"
AT_HOME = Whereabouts(HOME, "Firefox", "Linux")


def signed_in(
    *, hours_ago: float = 24, network: str = HOME, device: str = LAPTOP, now: datetime = NOW
) -> PastSignIn:
    """Return one earlier sign-in."""
    return PastSignIn(now - timedelta(hours=hours_ago), network, device)


def moment(**changes: Any) -> RiskContext:
    """Return somebody at home on their laptop, who was there yesterday."""
    usual: dict[str, Any] = {"at": NOW, "here": AT_HOME, "device": LAPTOP, "past": (signed_in(),)}
    return RiskContext(**{**usual, **changes})
