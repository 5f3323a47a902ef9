"""Passwords: what a hash costs, how many are made at once, and checks that tell nothing by time."""
