"""Every test of claims starts with a settled epoch."""

import pytest

from foundation.base.configuration import epoch


@pytest.fixture(autouse=True)
def _settled_epoch(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust an epoch once seen for the whole test."""
    epoch.forget()
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
