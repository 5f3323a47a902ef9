"""What a caller sends, and what a refused one is told (RFC 6750, RFC 9470, RFC 9728)."""
