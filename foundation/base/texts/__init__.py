"""Texts from outside and from here: as they can be trusted, compared and read."""
