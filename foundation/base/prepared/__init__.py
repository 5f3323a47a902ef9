"""Statements that are compiled once and run with other values each time."""
