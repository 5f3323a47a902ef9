"""Fixtures for every test."""

from hypothesis import HealthCheck, settings

# How fast a loaded machine makes examples says nothing about the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

pytest_plugins = [
    "tests.services.plugin",
    "tests.services.chromium",
    "tests.provider",
    "tests.compliance",
]
