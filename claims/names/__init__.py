"""The names of claims: those that protocols fix, the standard ones, and those of objects."""
