"""SCIM 2.0 (RFC 7643, 7644): other systems make, change and end people and groups here."""
