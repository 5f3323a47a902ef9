"""Fixtures for every test."""

pytest_plugins = ["tests.services.plugin", "tests.provider", "tests.compliance"]
