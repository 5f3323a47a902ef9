"""The token endpoint, one file per grant type."""
