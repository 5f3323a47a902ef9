"""Scopes, types of authorization details, attributes and claim mappings."""
