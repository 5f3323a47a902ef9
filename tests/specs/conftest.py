"""Every test of a specification meets a provider that is ready, and people who agreed before."""

import pytest


@pytest.fixture(autouse=True)
def _provider(provider: None, agreed_before: None) -> None:
    """Make it ready."""
