"""Reads that may be a moment old, from a streaming replica: docs/decisions/0022-replica.md.

Who reads so says `moments_old(rows)` (`reading`), and nobody else does. `base` is the backend of
the replica, which falls back to the primary; `lag` knows how old the replica is.
"""
