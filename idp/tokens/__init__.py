"""Keys, payloads, signatures, issuing and revoking."""
