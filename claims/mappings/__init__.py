"""Claim mappings: which claim comes from which attribute, and in which form."""
