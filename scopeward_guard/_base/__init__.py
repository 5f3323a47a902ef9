"""Small things that everything here stands on; nothing of access."""
