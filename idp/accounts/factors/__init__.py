"""Factors as people meet them: at sign-in, when they confirm that it is them, and on *Security*."""
