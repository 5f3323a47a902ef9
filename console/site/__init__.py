"""The site: who gets in, the sections, the keys."""
