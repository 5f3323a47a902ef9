"""Registered relying parties and resource servers."""
