"""The chain: acts in their canonical form, linked, exported, checked."""
