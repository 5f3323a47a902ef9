"""The demo's people and applications. They exist on loopback only, never in production."""
