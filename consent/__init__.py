"""Scope catalogue, consent requests, per-scope decisions and grants. It does not know OAuth."""
