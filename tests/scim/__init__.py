"""SCIM 2.0, as a system that provisions uses it."""
