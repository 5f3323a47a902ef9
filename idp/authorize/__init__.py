"""The authorization endpoint: parse, check, ask, answer."""
