"""The preview of tokens."""
