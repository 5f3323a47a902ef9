"""Proof of possession: tokens that are worth nothing without a key (RFC 9449)."""
