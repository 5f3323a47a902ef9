"""Who calls: access tokens of either kind, and what was revoked."""
