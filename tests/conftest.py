"""Fixtures for every test."""

pytest_plugins = [
    "tests.services.plugin",
    "tests.services.chromium",
    "tests.provider",
    "tests.compliance",
]
