"""Signing keys: made, announced, used, retired; sealing of what is secret at rest."""
