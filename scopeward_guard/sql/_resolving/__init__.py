"""What the names in a statement mean, and what it therefore reads and changes."""
