"""Triggers that refuse to change what is only ever appended to."""
