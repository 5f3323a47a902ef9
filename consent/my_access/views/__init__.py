"""The pages: the consent screen, and My access."""
