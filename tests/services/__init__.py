"""Throw-away servers for tests: private, without a network, gone at the end."""
