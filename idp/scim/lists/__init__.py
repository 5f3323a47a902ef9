"""Lists: what a filter finds, which page of it, and of which kind (RFC 7644 §3.4)."""
