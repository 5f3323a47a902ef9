"""Pairing with Open Policy Agent: what it is told, and what it tells."""
