"""Every test of a specification meets a provider that is ready."""

import pytest


@pytest.fixture(autouse=True)
def _provider(provider: None) -> None:
    """Make it ready."""
