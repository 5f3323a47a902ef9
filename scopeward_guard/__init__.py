"""What a resource server needs to trust, derive, decide, challenge and consume; no Django."""
