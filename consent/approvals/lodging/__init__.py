"""Taking a request in, or refusing it."""
