"""What others sign, and the keys they publish for it."""
