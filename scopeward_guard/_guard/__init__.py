"""The guard itself, by both doors, and whole applications behind it."""
