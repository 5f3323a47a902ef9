"""Requests and journeys as people and programs send them: to processes that serve."""
