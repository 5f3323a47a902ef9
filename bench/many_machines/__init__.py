"""Several machines, one of which dies."""
