"""Attributes of people, claim mappings, and what a grant releases into which token."""
