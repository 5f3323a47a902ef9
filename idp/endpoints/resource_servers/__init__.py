"""Endpoints that resource servers call."""
