"""What is shown of one detail: in words, exact, and nothing hidden."""
