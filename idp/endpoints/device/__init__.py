"""Signing in on a device without a browser (RFC 8628): its endpoint, and the page for its code."""
