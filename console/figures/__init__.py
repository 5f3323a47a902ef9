"""Figures about consent and policy."""
