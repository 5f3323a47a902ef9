"""Every test of claims starts with the default attributes and a settled epoch."""

import pytest

from claims import epoch
from claims.services import install_defaults


@pytest.fixture(autouse=True)
def defaults(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the default attributes; an epoch once seen is trusted for the whole test."""
    epoch.forget()
    install_defaults()
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
